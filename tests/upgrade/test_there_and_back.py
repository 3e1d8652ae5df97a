"""All migrations back to nothing and forth again, with rows in every table."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.site_process import fresh_database
from tests.upgrade.versions import ROOT, Version


@pytest.fixture
def site(database_kind: str) -> Iterator[Version]:
    with fresh_database(database_kind) as url:
        yield Version(tree=ROOT, database_url=url)


@pytest.mark.timeout(600)
def test_migrations_are_undone_and_done_again_with_rows_in(site: Version) -> None:
    site.manage("migrate", "--no-input", "-v", "0")
    site.do("deploy", "start", "start", "first", "approve", "stop", "sweep", "receive", "second", "start", "first")
    assert "rows kept" in site.run(Path(__file__).with_name("back_and_forth.py"))
    site.manage("migrate", "workflow_engine", "zero", "-v", "0")
    site.manage("migrate", "--no-input", "-v", "0")
    site.do("deploy", "start", "first", "approve", "sweep", "receive", "second", "tell")
    site.manage("workflow_verify")
