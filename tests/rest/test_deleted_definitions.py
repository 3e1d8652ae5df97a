"""What another process deleted cannot be started from what this one still knows of it."""

from tests.rest.conftest import Api, user_task_process
from workflow_engine.models import ProcessDefinition, ProcessInstance


def test_a_definition_that_another_process_deleted(api: Api) -> None:
    api.deploy(user_task_process("gone")).ok()
    definition_id = api.start("gone")["definitionId"]
    api.delete(f"/process-instance/{ProcessInstance.objects.get().pk}").ok()
    # As another process does it: nothing tells this one to forget the compiled definition.
    ProcessDefinition.objects.filter(pk=definition_id).delete()
    api.post(f"/process-definition/{definition_id}/start").refused(404)
    assert not ProcessInstance.objects.exists()
