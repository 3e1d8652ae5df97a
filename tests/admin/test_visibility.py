"""Tenants in the admin: pages, counts and files of other tenants are not there."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from tests.admin.conftest import Visitor
from tests.admin.pages import listing, page
from tests.support import small_models as small
from workflow_engine.admin.overview import overview
from workflow_engine.models import Deployment, ProcessDefinition, ProcessInstance, Resource, Tenant
from workflow_engine.services import repository, runtime

BODY = (
    small.START + small.external("work", "work") + small.END + small.flow("start", "work") + small.flow("work", "end")
)


def deployed(tenant_id: str) -> ProcessDefinition:
    model = small.process(BODY).replace(b'"work"', f'"work-{tenant_id}"'.encode())
    definition = repository.deploy(resources={"order.bpmn": model}, tenant_id=tenant_id).definitions[0]
    runtime.start_process_instance(definition.pk, business_key=f"order of {tenant_id or 'nobody'}")
    return definition


def member(visitor: Visitor, tenant_id: str, *codenames: str) -> Client:
    client = visitor(*codenames)
    Tenant.objects.create(pk=tenant_id).users.add(User.objects.latest("pk"))
    return client


def test_people_see_their_tenants_and_what_has_none(visitor: Visitor, boss: Client) -> None:
    definitions = {tenant: deployed(tenant) for tenant in ("acme", "other", "")}
    client = member(visitor, "acme", "view_processinstance", "view_processdefinition", "view_deployment")
    shown = client.get(listing("processinstance")).content.decode()
    assert "order of acme" in shown
    assert "order of nobody" in shown
    assert "order of other" not in shown
    assert "order of other" in boss.get(listing("processinstance")).content.decode()
    foreign = ProcessInstance.objects.get(tenant_id="other")
    assert client.get(page("processinstance", foreign.pk)).status_code != 200
    assert client.get(page("processinstance", ProcessInstance.objects.get(tenant_id="acme").pk)).status_code == 200
    for tenant, definition in definitions.items():
        xml = client.get(f"/admin/workflow_engine/processdefinition/{definition.pk.replace(':', '_3A')}/xml/")
        assert xml.status_code == (404 if tenant == "other" else 200), tenant
        resource = Resource.objects.get(deployment=definition.deployment)
        address = f"/admin/workflow_engine/deployment/{definition.deployment_id}/resource/{resource.pk}/"
        assert client.get(address).status_code == (404 if tenant == "other" else 200), tenant


def test_the_overview_counts_what_one_may_see(visitor: Visitor) -> None:
    for tenant in ("acme", "other", ""):
        deployed(tenant)
    member(visitor, "acme", "view_processinstance", "view_externaltask")
    request = RequestFactory().get("/")
    request.user = User.objects.latest("pk")
    found = overview(request)
    assert sum(row["running"] for row in found["processes"]) == 2
    assert {row["topic_name"] for row in found["topics"]} == {"work-acme", "work-"}


def test_filters_offer_what_one_may_see(visitor: Visitor, boss: Client) -> None:
    for tenant in ("acme", "other", ""):
        deployed(tenant)
    client = member(visitor, "acme", "view_externaltask")
    shown = client.get(listing("externaltask")).content.decode()
    assert "work-acme" in shown
    assert "work-other" not in shown
    assert "work-other" in boss.get(listing("externaltask")).content.decode()


def test_people_deploy_for_their_own_tenants(visitor: Visitor) -> None:
    client = member(visitor, "acme", "deploy", "view_deployment")

    def deploy(tenant: str) -> int:
        file = SimpleUploadedFile("order.bpmn", small.process(BODY))
        return client.post("/admin/workflow_engine/deployment/deploy/", {"uploads": file, "tenant": tenant}).status_code

    assert deploy("other") == 200  # the form again
    assert not Deployment.objects.exists()
    assert deploy("acme") == 302
    assert deploy("") == 302
