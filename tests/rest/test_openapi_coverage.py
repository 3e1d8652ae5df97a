"""Our description against Camunda's own, which lies beside the repository where it is at all."""

import json

import pytest

from scripts.openapi_coverage import CAMUNDA, Coverage, compare
from workflow_engine.rest.description.document import document

# May only become fewer.
MISSING_OPERATIONS = 0
MISSING_FIELDS: set[str] = set()


@pytest.fixture(scope="module")
def coverage() -> dict[str, Coverage]:
    if not CAMUNDA.is_file():
        pytest.skip("Camunda's description is not here")
    return compare(document(), json.loads(CAMUNDA.read_text()))


def test_operations(coverage: dict[str, Coverage]) -> None:
    missing = [name for one in coverage.values() for name in one.missing_operations]
    assert len(missing) <= MISSING_OPERATIONS, missing


def test_fields_of_the_operations_that_are_there(coverage: dict[str, Coverage]) -> None:
    absent = {name for one in coverage.values() for name in one.missing_operations}
    missing = {name for one in coverage.values() for name in one.missing_fields if name.split(":")[0] not in absent}
    assert missing == MISSING_FIELDS
