"""A site whose users are of a model of its own: an address instead of a name, no first name, no groups."""
