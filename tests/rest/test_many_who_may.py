"""Many external tasks in one request: whose."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tests.rest.conftest import Api, external_task_process, person
from tests.rest.many import ALL, FIELDS, UNKNOWN, fetch, items_of, many, statuses
from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.services import credentials
from workflow_engine.services.authorization.resources import Resource

pytestmark = pytest.mark.usefixtures("sound")


def two_instances(api: Api, **fields: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tasks of an instance of "mine" and of one of "other", whose definition has these fields."""
    found = []
    for key, more in (("mine", {}), ("other", fields)):
        (definition,) = api.deploy(external_task_process(key, key), **more).ok()["deployedProcessDefinitions"]
        api.post(f"/process-definition/{definition}/start").ok()
        found += fetch(api, topic=key)
    return found[0], found[1]


@ALL
def test_whoever_lacks_the_permission_is_refused_as_a_whole(api: Api, anonymous: Api, verb: str) -> None:
    body = {"workerId": "w", "tasks": []}
    anonymous.post(f"/external-task/{verb}-many", body).refused(401)
    person("nobody", "view_externaltask").post(f"/external-task/{verb}-many", body).refused(403)


@ALL
def test_tasks_of_other_tenants_are_not_there(api: Api, verb: str) -> None:
    mine, other = two_instances(api, **{"tenant-id": "acme"})
    outsider = person("outsider", "complete_external_task")
    results = many(outsider, verb, items_of(verb, [other, mine]))
    assert statuses(results) == [404, 204]
    assert results[0]["message"] == f"No external task found with id '{other['id']}'."
    insider = person("insider", "complete_external_task", tenants=("acme",))
    assert statuses(many(insider, verb, items_of(verb, [other]))) == [204]


@ALL
def test_a_worker_credential_is_bound_to_its_topics(api: Api, verb: str) -> None:
    mine, other = two_instances(api)
    _, token = credentials.issue("bound", topics=["mine"])
    results = many(Api(f"Bearer {token}"), verb, items_of(verb, [mine, other]))
    assert statuses(results) == [204, 404]


@pytest.mark.parametrize(
    ("verb", "needed"), [("complete", "complete"), ("failure", "failure"), ("extendLock", "extendLock")]
)
def test_a_worker_credential_is_bound_to_its_verbs(api: Api, verb: str, needed: str) -> None:
    body = {"workerId": "w", "tasks": []}
    for given in ("complete", "failure", "extendLock"):
        _, token = credentials.issue(f"for-{given}", verbs=[given])
        answer = Api(f"Bearer {token}").post(f"/external-task/{verb}-many", body)
        assert answer.status == (200 if given == needed else 403), given


@ALL
def test_a_permission_for_one_definition(api: Api, verb: str) -> None:
    mine, other = two_instances(api)
    holder, viewer = person("holder"), person("viewer", "view_externaltask")
    for name in ("holder", "viewer"):
        Authorization.objects.create(
            type=AuthorizationType.GRANT,
            user=get_user_model().objects.get(username=name),
            resource_type=Resource.PROCESS_DEFINITION,
            resource_id="mine",
            permissions=["ALL"],
        )
    for caller, status in ((holder, 404), (viewer, 403)):
        results = many(caller, verb, [{"id": other["id"], **FIELDS[verb]}, {"id": mine["id"], "lockToken": UNKNOWN}])
        alone = caller.post(f"/external-task/{other['id']}/{verb}", {"workerId": "w", **FIELDS[verb]})
        assert alone.refused(status) == results[0]["message"]
        assert statuses(results) == [status, 400]
    assert statuses(many(holder, verb, items_of(verb, [mine]))) == [204]
