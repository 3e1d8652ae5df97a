"""The short run is about PostgreSQL: the faults are those of servers that share a database."""

import os

collect_ignore = [] if os.environ.get("TEST_DATABASE") == "postgres" else ["test_short_run.py"]
