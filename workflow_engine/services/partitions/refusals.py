"""Why a table is not split, or a part not dropped."""


class PartitionError(Exception):
    """For the operator: says what is in the way and what helps."""
