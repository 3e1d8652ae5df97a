"""Servers of the old and of the new version side by side, on the new schema: each finishes what the other began.

The old version is the oldest that may still run while this one is installed: a commit, in `oldest_version.txt`. It moves on
when a version is given up, and `docs/upgrading.md` says so.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.site_process import fresh_database
from tests.upgrade.versions import ROOT, Version, source_of

OLDEST = Path(__file__).with_name("oldest_version.txt").read_text().strip()


@pytest.fixture
def database_url(database_kind: str) -> Iterator[str]:
    with fresh_database(database_kind) as url:
        yield url


@pytest.mark.timeout(600)
def test_old_and_new_code_share_the_new_schema(database_url: str, tmp_path: Path) -> None:
    old = Version(tree=source_of(OLDEST, tmp_path), database_url=database_url)
    new = Version(tree=ROOT, database_url=database_url)
    # On the old schema something is under way already when the migrations run.
    old.manage("migrate", "--no-input", "-v", "0")
    old.do("deploy", "start", "start", "first")
    new.manage("migrate", "--no-input", "-v", "0")
    # Old code from the first step to the last, and what was begun before.
    old.do("start", "first", "approve", "stop", "sweep", "receive", "second")
    # Handed over from old to new and back.
    old.do("deploy", "start")
    new.do("start", "first")
    old.do("approve")
    new.do("sweep")
    old.do("receive", "second")
    # The other way round; then cancelled by the old.
    new.do("deploy", "start", "first")
    old.do("approve", "sweep")
    new.do("receive", "second", "start", "start", "first")
    told = old.do("cancel", "tell")
    assert told.split("states ")[1].strip() == str(["COMPLETED"] * 6 + ["EXTERNALLY_TERMINATED"] * 2).replace("'", '"')
    new.manage("workflow_verify")
