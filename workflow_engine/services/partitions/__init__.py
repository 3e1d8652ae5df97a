"""PostgreSQL only, and only where a site asks for it: history in one table per month, so that old months go by dropping them.

The tables are split BY RANGE (id): ids begin with their time, so a month is a range of ids. The primary key stays the id alone, and
whoever knows a row's id reads and writes one part only.
"""

from workflow_engine.services.partitions import catalogue
from workflow_engine.services.partitions.adding import Added, add, keep_ahead
from workflow_engine.services.partitions.catalogue import Part, is_partitioned, parts_of, tables
from workflow_engine.services.partitions.disabling import disable
from workflow_engine.services.partitions.dropping import Candidate, candidates, drop
from workflow_engine.services.partitions.enabling import enable
from workflow_engine.services.partitions.months import Month, time_of
from workflow_engine.services.partitions.refusals import PartitionError

__all__ = [
    "Added",
    "Candidate",
    "Month",
    "Part",
    "PartitionError",
    "add",
    "candidates",
    "catalogue",
    "disable",
    "drop",
    "enable",
    "is_partitioned",
    "keep_ahead",
    "parts_of",
    "tables",
    "time_of",
]
