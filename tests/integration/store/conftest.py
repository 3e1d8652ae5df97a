"""What only PostgreSQL has is not collected for SQLite."""

import os

POSTGRESQL = ["test_lost_connections.py", "test_prepared.py", "test_transaction.py"]
collect_ignore = [] if os.environ.get("TEST_DATABASE") == "postgres" else POSTGRESQL
