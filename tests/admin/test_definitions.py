"""Process definitions and deployments in the admin: deploying, starting, suspending, deleting."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, messages_of, operation, page, read
from tests.support import orders
from tests.support.small_models import END, START, flow, one_task, process
from workflow_engine.models import Deployment, ProcessDefinition, ProcessInstance, Variable
from workflow_engine.services import repository

DEPLOY = "/admin/workflow_engine/deployment/deploy/"
NO_VARIABLES = {"variables-TOTAL_FORMS": "0", "variables-INITIAL_FORMS": "0"}


def upload(client: Client, *files: tuple[str, bytes], **data: str):  # type: ignore[no-untyped-def]
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(DEPLOY, {"uploads": uploads, **data})


def test_deploy_files(boss: Client, db: None) -> None:
    answer = upload(boss, ("a.bpmn", one_task("a")), ("b.bpmn", one_task("b")), ("note.txt", b"hello"), name="Both")
    deployment = Deployment.objects.get()
    assert answer.headers["Location"] == page("deployment", deployment.pk)
    assert (deployment.name, deployment.source, deployment.resources.count()) == ("Both", "admin", 3)
    assert set(ProcessDefinition.objects.values_list("key", flat=True)) == {"a", "b"}
    assert "a (version 1)" in LogEntry.objects.get().change_message
    text = read(boss, page("deployment", deployment.pk))
    assert "note.txt" in text
    assert "a.bpmn" in text


def test_warnings_of_a_deployment_are_told(boss: Client, db: None) -> None:
    body = START + '<bpmn:serviceTask id="do" camunda:delegateExpression="${unheardOf}"/>' + END
    answer = upload(boss, ("a.bpmn", process(body + flow("start", "do") + flow("do", "end"))))
    assert "unheardOf" in messages_of(answer)


def test_deploy_only_what_changed(boss: Client, db: None) -> None:
    upload(boss, ("a.bpmn", one_task("a")), name="Same")
    answer = upload(boss, ("a.bpmn", one_task("a")), name="Same", changed_only="on")
    assert "Nothing new was deployed" in messages_of(answer)
    assert ProcessDefinition.objects.count() == 1
    upload(boss, ("a.bpmn", one_task("a")), name="Same")
    assert ProcessDefinition.objects.count() == 2


def test_a_bad_model_is_refused_with_every_problem(boss: Client, db: None) -> None:
    body = START + '<bpmn:serviceTask id="nothing"/>\n' + END + flow("start", "nowhere") + flow("nothing", "end")
    answer = upload(boss, ("bad.bpmn", process(body)), ("good.bpmn", one_task("good")))
    text = answer.content.decode()
    assert answer.status_code == 200
    rows = re.findall(
        r"<tr>\s*<td>bad\.bpmn</td><td class=\"wf-number\">(\d+)</td><td class=\"wf-id\">(.*?)</td>", text
    )
    assert {"start_nowhere", "nothing"} <= {element for _line, element in rows}
    assert not Deployment.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"no xml at all",
        b"",
        b"\x00\xff\xfe",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
def test_broken_files_are_refused(boss: Client, db: None, content: bytes) -> None:
    answer = upload(boss, ("bad.bpmn", content))
    assert answer.status_code == 200
    assert "root:" not in answer.content.decode()
    assert not Deployment.objects.exists()


def test_nothing_and_two_of_one_name_are_refused(boss: Client, db: None) -> None:
    assert boss.post(DEPLOY, {"name": "Nothing"}).status_code == 200
    answer = upload(boss, ("a.bpmn", one_task("a")), ("a.bpmn", one_task("b")))
    assert "same name" in answer.content.decode()
    assert not Deployment.objects.exists()


def test_deploying_needs_its_permission(visitor: Visitor, db: None) -> None:
    onlooker = visitor("view_deployment")
    assert "Deploy files" not in read(onlooker, listing("deployment"))
    assert upload(onlooker, ("a.bpmn", one_task("a"))).status_code == 403
    deployer = visitor("view_deployment", "deploy")
    assert "Deploy files" in read(deployer, listing("deployment"))
    assert upload(deployer, ("a.bpmn", one_task("a"))).status_code == 302


def test_delete_asks_first(boss: Client, saga: str) -> None:
    orders.start("order-1")
    deployment = Deployment.objects.get()
    assert "deleted for good" in read(boss, operation("deployment", deployment.pk, "delete"))
    answer = do(boss, "deployment", deployment.pk, "delete")
    assert answer.status_code == 200, "an instance is running: without cascade it is refused"
    assert messages_of(answer)
    assert Deployment.objects.exists()
    answer = do(boss, "deployment", deployment.pk, "delete", cascade="on")
    assert answer.headers["Location"] == listing("deployment")
    assert not Deployment.objects.exists()
    assert not ProcessInstance.objects.exists()


def test_definition_page_counts_per_activity(boss: Client, saga: str) -> None:
    orders.stuck_order("order-1")
    orders.stuck_order("order-2")
    orders.start("order-3")
    text = read(boss, page("processdefinition", saga))
    assert '"ChargeCard": {"tokens": 2, "incidents": 2}' in text
    assert '"ReserveGoods": {"tokens": 1}' in text


def test_newest_version_first_and_the_others_on_demand(boss: Client, saga: str) -> None:
    orders.deploy("order-saga.bpmn")
    newest = ProcessDefinition.objects.get(version=2)
    text = read(boss, listing("processdefinition"))
    assert page("processdefinition", newest.pk) in text
    assert page("processdefinition", saga) not in text
    assert page("processdefinition", saga) in read(boss, listing("processdefinition", versions="all"))
    text = read(boss, page("processdefinition", saga))
    assert "version 2 is newer" in text
    assert page("processdefinition", newest.pk) in text


def test_start_an_instance(boss: Client, saga: str) -> None:
    data = {
        "business_key": "order-7",
        "variables-TOTAL_FORMS": "3",
        "variables-INITIAL_FORMS": "0",
        "variables-0-name": "amount",
        "variables-0-type": "Double",
        "variables-0-value": "12.5",
        "variables-1-name": "customer",
        "variables-1-type": "Json",
        "variables-1-value": '{"name": "Ada"}',
        "variables-2-name": "",
        "variables-2-type": "String",
        "variables-2-value": "",
    }
    answer = do(boss, "processdefinition", saga, "start", **data)
    instance = ProcessInstance.objects.get()
    assert answer.headers["Location"] == page("processinstance", instance.pk)
    assert instance.business_key == "order-7"
    assert Variable.objects.get(name="amount").value == 12.5
    assert set(Variable.objects.values_list("name", flat=True)) == {"amount", "customer"}


def test_a_unique_business_key_leads_to_the_instance_that_has_it(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    answer = do(boss, "processdefinition", saga, "start", business_key="order-1", **NO_VARIABLES)
    assert answer.headers["Location"] == page("processinstance", order.pk)
    assert "already" in messages_of(answer)
    assert ProcessInstance.objects.count() == 1


def test_two_variables_of_one_name_are_refused(boss: Client, saga: str) -> None:
    lines = {f"variables-{n}-{field}": text for n in (0, 1) for field, text in (("name", "a"), ("type", "Null"))}
    data = {"variables-TOTAL_FORMS": "2", "variables-INITIAL_FORMS": "0", **lines}
    answer = do(boss, "processdefinition", saga, "start", **data)
    assert "more than once" in answer.content.decode()
    assert not ProcessInstance.objects.exists()


def test_an_instance_that_ends_at_once_is_shown_by_history(boss: Client, db: None) -> None:
    done = repository.deploy(resources={"short.bpmn": process(START + END + flow("start", "end"))})
    answer = do(boss, "processdefinition", done.definitions[0].pk, "start", business_key="x", **NO_VARIABLES)
    answer = boss.get(answer.headers["Location"])
    assert "historicprocessinstance" in answer.headers["Location"]


def test_suspend_and_activate(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    do(boss, "processdefinition", saga, "suspend", with_instances="on")
    order.refresh_from_db()
    assert order.is_suspended
    assert ProcessDefinition.objects.get().is_suspended
    assert "Start an instance" not in read(boss, page("processdefinition", saga))
    do(boss, "processdefinition", saga, "activate")
    order.refresh_from_db()
    assert order.is_suspended
    assert not ProcessDefinition.objects.get().is_suspended


def test_unknown_definitions(boss: Client, visitor: Visitor, saga: str) -> None:
    assert boss.get(page("processdefinition", "no:1:such")).status_code == 302
    xml = page("processdefinition", saga).replace("/change/", "/xml/")
    assert boss.get(xml.replace("order", "odder")).status_code == 404
    assert visitor("view_incident").get(xml).status_code == 403
