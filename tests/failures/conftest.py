"""What only PostgreSQL has is not collected for SQLite."""

import os

collect_ignore = [] if os.environ.get("TEST_DATABASE") == "postgres" else ["test_failing_messages.py"]
