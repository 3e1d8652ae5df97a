"""A site's handlers and listeners: what they are given, when they are called, and what they may do."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import UpdateTask
from workflow_engine.engine.errors import ModelError
from workflow_engine.engine.handlers import BpmnError, HandlerFailed


class Book:
    """A listener that writes down what it hears."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def notify(self, delegate: Any) -> None:
        place = getattr(delegate, "current_activity_id", None) or delegate.get_property("taskDefinitionKey")
        self.lines.append(f"{place} {delegate.event_name}")


def listener(event: str, *, kind: str = "executionListener", by: str = 'class="book"') -> str:
    return f'<camunda:{kind} {by} event="{event}"/>'


def extended(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def service(attributes: str, inner: str = "") -> str:
    return (
        f'<startEvent id="s"/><serviceTask id="w" {attributes}>{inner}</serviceTask>'
        + tasks("after")
        + line("s", "w", "after")
    )


# -- handlers -------------------------------------------------------------------------------------


def test_a_handler_reads_and_writes_variables() -> None:
    def double(execution: Any) -> None:
        execution.set_variable("result", execution.get_variable("n") * 2)
        execution.set_variable_local("mine", True)

    play = Play(service('camunda:class="site.Double"'), handlers={"site.Double": double}).start({"n": 4})
    assert (play.tree, play.variables["result"]) == ("p[after]", 8)


def test_it_knows_where_it_is() -> None:
    seen: dict[str, Any] = {}

    def look(execution: Any) -> None:
        seen.update(
            activity=execution.current_activity_id,
            name=execution.current_activity_name,
            key=execution.business_key,
            instance=execution.process_instance_id,
            fields=execution.fields,
        )

    inner = extended('<camunda:field name="to" stringValue="me"/><camunda:field name="n" expression="${n + 1}"/>')
    attributes = 'name="Look around" camunda:delegateExpression="${look}"'
    play = Play(service(attributes, inner), handlers={"look": look}).start({"n": 1}, business_key="k")
    assert seen == {
        "activity": "w",
        "name": "Look around",
        "key": "k",
        "instance": play.instance_id,
        "fields": {"to": "me", "n": 2},
    }


def test_an_expression_keeps_its_result() -> None:
    play = Play(service('camunda:expression="${n + 1}" camunda:resultVariable="m"')).start({"n": 1})
    assert play.variables == {"n": 1, "m": 2}


def test_an_unknown_handler_refuses_the_command_that_gets_there() -> None:
    with pytest.raises(ModelError, match=r"Cannot execute 'w': no handler 'site\.Nobody' is registered"):
        Play(service('camunda:class="site.Nobody"')).start()


def test_what_it_raises_names_the_activity() -> None:
    def explode(_: Any) -> None:
        raise KeyError("x")

    with pytest.raises(HandlerFailed, match="Handler 'explode' of 'w' failed: 'x'") as failed:
        Play(service('camunda:class="explode"'), handlers={"explode": explode}).start()
    assert isinstance(failed.value.__cause__, KeyError)


# -- execution listeners --------------------------------------------------------------------------


def test_listeners_of_activities_flows_and_the_process() -> None:
    book = Book()
    both = extended(listener("start") + listener("end"))
    model = (
        both
        + f'<startEvent id="s">{both}</startEvent><userTask id="a">{both}</userTask><endEvent id="e">{both}</endEvent>'
        + flow("s", "a", extended(listener("take")))
        + flow("a", "e")
    )
    play = Play(model, handlers={"book": book}).start()
    assert book.lines == ["s start", "s start", "s end", "s take", "a start"]
    book.lines.clear()
    play.complete("a")
    assert book.lines == ["a end", "e start", "e end", "e end"]


def test_a_canceled_activity_ends_too() -> None:
    book = Book()
    model = (
        f'<startEvent id="s"/><userTask id="a">{extended(listener("end"))}</userTask>'
        + line("s", "a")
        + boundary('<messageEventDefinition messageRef="m1"/>', host="a")
        + tasks("instead")
        + flow("b", "instead")
    )
    Play(model, handlers={"book": book}).start().send("b")
    assert book.lines == ["a end"]


def test_listeners_by_expression() -> None:
    inner = extended(listener("start", by="expression=\"${execution.setVariable('n', 5)}\""))
    assert Play(f'<startEvent id="s"/><userTask id="a">{inner}</userTask>' + line("s", "a")).start().variables == {
        "n": 5
    }


def out_of_stock(_: Any) -> None:
    raise BpmnError("E1", "out of stock")


@pytest.mark.parametrize("event", ["start", "end"])
def test_a_business_error_of_a_listener_is_caught_like_one_of_its_activity(event: str) -> None:
    inner = extended(listener(event, by='class="fail"'))
    model = (
        f'<startEvent id="s"/><manualTask id="a">{inner}</manualTask>'
        + tasks("after", "handled")
        + line("s", "a", "after")
        + boundary('<errorEventDefinition errorRef="e1"/>', host="a")
        + flow("b", "handled")
    )
    play = Play(model, handlers={"fail": out_of_stock}).start()
    assert play.tree == "p[handled]"
    assert play.history["a canceled"] == 1


# -- task listeners -------------------------------------------------------------------------------


def task_with(*listeners: str, attributes: str = "") -> str:
    return f'<startEvent id="s"/><userTask id="a" {attributes}>{extended("".join(listeners))}</userTask>' + line(
        "s", "a"
    )


def test_listeners_of_a_user_task() -> None:
    book = Book()
    events = [
        listener(event, kind="taskListener") for event in ("create", "assignment", "update", "complete", "delete")
    ]
    play = Play(task_with(*events, attributes='camunda:assignee="ann"'), handlers={"book": book}).start()
    assert book.lines == ["a create", "a assignment"]
    book.lines.clear()
    task_id = play.rows(state.UserTask)[0]["id"]
    play.execute(UpdateTask(task_id=task_id, changes={"assignee": "bob", "priority": 7}))
    assert book.lines == ["a update", "a assignment"]
    book.lines.clear()
    play.complete("a")
    assert book.lines == ["a complete"]


def test_a_listener_may_change_its_task() -> None:
    by = "expression=\"${task.setAssignee('bob')}\""
    play = Play(task_with(listener("create", kind="taskListener", by=by))).start()
    (task,) = play.rows(state.UserTask)
    assert task["assignee"] == "bob"


@pytest.mark.parametrize("event", ["create", "complete"])
def test_a_business_error_of_a_task_listener_is_caught_like_one_of_its_activity(event: str) -> None:
    model = (
        task_with(listener(event, kind="taskListener", by='class="fail"'))
        + tasks("handled")
        + boundary('<errorEventDefinition errorRef="e1"/>', host="a")
        + flow("b", "handled")
    )
    play = Play(model, handlers={"fail": out_of_stock}).start()
    if event == "complete":
        play.complete("a")
    assert play.tree == "p[handled]"
    assert play.waiting == ["task handled"]
