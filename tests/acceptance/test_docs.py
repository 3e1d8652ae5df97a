"""The first model in five minutes: what the page says is what happens."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.acceptance.conftest import ROOT, Site
from workflow_engine.client import Worker
from workflow_engine.services import runtime

PAGE = (ROOT / "docs" / "getting-started.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def credit_worker(site: Site) -> Worker:
    """The page's worker, at this server instead of port 8000."""
    names: dict[str, Any] = {}
    exec(blocks("python")[1], names)
    worker: Worker = names["worker"]
    worker.base_url = site.base_url
    return worker


@pytest.fixture
def _deployed(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "approval.bpmn"
    file.write_text(blocks("xml")[0])
    call_command("workflow_deploy", str(file))


@pytest.mark.usefixtures("_deployed")
def test_start_and_work(site: Site) -> None:
    exec(blocks("python")[0])
    over_http = {"businessKey": "A-2", "variables": {"amount": {"value": 500, "type": "Integer"}}}
    site.rest.post("/process-definition/key/approval/start", over_http)
    assert site.rest.get("/external-task/count", topicName="check-credit") == {"count": 2}
    worker = credit_worker(site)
    while worker.run_once():
        pass
    ends = site.rest.get("/history/activity-instance", activityType="noneEndEvent")
    assert [end["activityId"] for end in ends] == ["approved", "approved"]


@pytest.mark.usefixtures("_deployed")
def test_the_boss_is_asked(site: Site) -> None:
    instance = runtime.start_process_instance_by_key("approval", variables={"amount": 900}).id
    assert credit_worker(site).run_once() == 1
    (task,) = site.rest.get("/task", processInstanceId=instance)
    assert task["name"] == "Ask the boss"


def test_the_pages_link_to_pages_that_exist() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for link in re.findall(r"\]\((\w[\w./-]*\.md)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
