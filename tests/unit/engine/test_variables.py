"""Variables: reading looks outwards, writing changes the nearest scope that has the name, else the process."""

from tests.unit.bpmn.models import sub_process
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import CompleteTask, SetVariables

START = '<startEvent id="s"/>'


def mapped(inputs: dict[str, str], outputs: dict[str, str] | None = None) -> str:
    parameters = [
        f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>' for name, value in inputs.items()
    ]
    parameters += [
        f'<camunda:outputParameter name="{name}">{value}</camunda:outputParameter>'
        for name, value in (outputs or {}).items()
    ]
    return f"<extensionElements><camunda:inputOutput>{''.join(parameters)}</camunda:inputOutput></extensionElements>"


def mapped_task(inputs: dict[str, str], outputs: dict[str, str] | None = None) -> str:
    return f'<userTask id="a">{mapped(inputs, outputs)}</userTask>'


def holders(play: Play, name: str) -> list[str]:
    return [row["execution_id"] for row in play.rows(state.Variable, name=name)]


def test_a_new_variable_belongs_to_the_process() -> None:
    model = START + sub_process(tasks("a", "x") + line("inner", "a", "x")) + line("s", "sub")
    play = Play(model).start().complete("a", {"n": 1})
    assert holders(play, "n") == [play.instance_id]


def test_a_scope_that_has_the_name_keeps_it_to_itself() -> None:
    model = (
        START
        + sub_process(
            tasks("a", "x") + line("inner", "a", "x"), start=mapped({"n": "${n + 1}"}) + '<startEvent id="inner"/>'
        )
        + tasks("after")
        + line("s", "sub", "after")
    )
    play = Play(model).start({"n": 1}).complete("a", {"n": 10})
    assert sorted(row["value"] for row in play.rows(state.Variable, name="n")) == [1, 10]
    assert play.complete("x").variables == {"n": 1}


def test_inputs_are_local_and_outputs_go_outwards() -> None:
    model = (
        START + mapped_task({"mine": "${n * 2}"}, {"result": "${mine + 1}"}) + tasks("after") + line("s", "a", "after")
    )
    play = Play(model).start({"n": 2})
    assert play.variables == {"n": 2, "mine": 4}
    assert play.complete("a").variables == {"n": 2, "result": 5}


def test_lists_and_maps() -> None:
    values = {
        "many": "<camunda:list><camunda:value>${n}</camunda:value><camunda:value>two</camunda:value></camunda:list>",
        "named": '<camunda:map><camunda:entry key="k">${n}</camunda:entry></camunda:map>',
    }
    play = Play(START + mapped_task(values) + line("s", "a")).start({"n": 1})
    assert (play.variables["many"], play.variables["named"]) == ([1, "two"], {"k": 1})


def test_variables_of_one_token_end_with_it_or_move_to_the_scope_with_the_last_one() -> None:
    model = START + '<parallelGateway id="fork"/>' + tasks("a", "b") + line("s", "fork", "a") + line("fork", "b")
    play = Play(model).start()
    for task in play.rows(state.UserTask):
        name = task["task_definition_key"]
        play.execute(SetVariables(execution_id=task["execution_id"], variables={f"of_{name}": 1}, is_local=True))
    assert sorted(play.variables) == ["of_a", "of_b"]
    play.complete("a")
    assert play.variables == {"of_b": 1}
    assert holders(play, "of_b") == [play.instance_id]


def test_removing() -> None:
    play = Play(START + tasks("a") + line("s", "a")).start({"n": 1, "m": 2})
    play.execute(SetVariables(execution_id=play.instance_id, removals=("n", "nobody")))
    assert play.variables == {"m": 2}
    assert play.final_variables == {"m": 2}


def test_a_task_may_have_variables_of_its_own() -> None:
    play = Play(START + tasks("a", "b") + line("s", "a", "b")).start({"n": 1})
    (task,) = play.rows(state.UserTask)
    play.execute(
        SetVariables(execution_id=task["execution_id"], task_id=task["id"], variables={"n": 5, "m": 6}, is_local=True)
    )
    play.execute(CompleteTask(task_id=task["id"], task_variables={"n": 7, "k": 8}, variables={"m": 9}))
    # The task had an n and an m of its own: a form sets those, a plain completion looks past them.
    assert play.variables == {"n": 1, "k": 8, "m": 9}


def test_history_keeps_the_last_values() -> None:
    play = Play(START + tasks("a") + line("s", "a")).start({"n": 1}).complete("a", {"n": 2})
    assert (play.left_over, play.final_variables) == ({}, {"n": 2})
