"""One table for each resource: shapes of its JSON, and what its operations take and answer."""
