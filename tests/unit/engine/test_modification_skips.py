"""A modification may leave the model's own listeners and input/output mappings out."""

from typing import Any

from tests.unit.engine.play import Play, line
from tests.unit.engine.test_modification import before
from tests.unit.engine.test_modification_cancellation import cancel

MODEL = (
    '<startEvent id="s"/><userTask id="a"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="in">1</camunda:inputParameter>'
    '<camunda:outputParameter name="out">2</camunda:outputParameter></camunda:inputOutput>'
    '<camunda:executionListener class="heard" event="start"/><camunda:executionListener class="heard" event="end"/>'
    "</extensionElements></userTask>" + line("s", "a")
)


def play_with_listener() -> tuple[Play, list[str]]:
    heard: list[str] = []

    def listen(execution: Any) -> None:
        heard.append(execution.event_name)

    play = Play(MODEL, handlers={"heard": listen}).start()
    assert heard == ["start"]
    heard.clear()
    return play, heard


def test_both_run_as_always() -> None:
    play, heard = play_with_listener()
    play.modify(before("a"), cancel(activity_id="a"))
    assert heard == ["start", "end", "end"]
    assert play.final_variables == {"in": "1", "out": "2"}


def test_without_listeners() -> None:
    play, heard = play_with_listener()
    play.modify(before("a"), cancel(activity_id="a"), skip_custom_listeners=True)
    assert heard == []


def test_without_mappings() -> None:
    play, _ = play_with_listener()
    play.modify(cancel(activity_id="a"), before("a"), skip_io_mappings=True)
    assert play.variables == {}
    assert play.tree == "p[a]"
