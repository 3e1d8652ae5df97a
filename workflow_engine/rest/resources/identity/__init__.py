"""/user, /group, /tenant and /identity: people and where they belong."""
