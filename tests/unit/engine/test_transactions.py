"""Transactions: a cancel end event undoes what was done and leaves by the cancel boundary event."""

import pytest

from tests.unit.engine.play import Play, line, tasks, worker_task
from tests.unit.engine.test_compensation import handlers, throw, undoable
from workflow_engine.engine import state

CANCEL = "<cancelEventDefinition/>"


def transaction(*, outside: str = "") -> str:
    return (
        '<startEvent id="s"/><transaction id="tx"><startEvent id="i"/>'
        + undoable("a")
        + '<exclusiveGateway id="x" default="x_end"/>'
        + f'<endEvent id="end"/><endEvent id="canceled">{CANCEL}</endEvent>'
        + line("i", "a", "x", "end")
        + '<sequenceFlow id="no" sourceRef="x" targetRef="canceled"><conditionExpression xsi:type="tFormalExpression">${!ok}'
        + "</conditionExpression></sequenceFlow>"
        + handlers("a")
        + f'</transaction><boundaryEvent id="b" attachedToRef="tx">{CANCEL}</boundaryEvent>'
        + tasks("done", "undone")
        + line("s", "tx", "done")
        + line("b", "undone")
        + outside
    )


def test_a_transaction_that_succeeds() -> None:
    play = Play(transaction()).start({"ok": True}).complete("a")
    assert play.tree == "p[done]"
    assert play.history["tx ended"] == 1


def test_a_canceled_transaction_is_undone_before_it_is_left() -> None:
    play = Play(transaction()).start({"ok": False}).complete("a")
    assert play.tree == "p[tx[canceled, undo_a]]"
    assert play.complete("undo_a").tree == "p[undone]"
    assert play.history["tx canceled"] == play.history["b ended"] == 1


def test_other_tokens_in_the_transaction_end_with_it() -> None:
    model = (
        '<startEvent id="s"/><transaction id="tx"><startEvent id="i"/><parallelGateway id="fork"/>'
        + tasks("a", "b")
        + f'<endEvent id="canceled">{CANCEL}</endEvent>'
        + line("i", "fork", "a", "canceled")
        + line("fork", "b")
        + f'</transaction><boundaryEvent id="border" attachedToRef="tx">{CANCEL}</boundaryEvent>'
        + tasks("undone")
        + line("s", "tx")
        + line("border", "undone")
    )
    play = Play(model).start().complete("a")
    assert play.tree == "p[undone]"
    assert play.history["b canceled"] == 1


def test_an_error_in_a_transaction_undoes_nothing() -> None:
    error = '<errorEventDefinition errorRef="e1"/>'
    model = (
        '<startEvent id="s"/><transaction id="tx"><startEvent id="i"/>'
        + undoable("a")
        + worker_task("w")
        + line("i", "a", "w")
        + handlers("a")
        + f'</transaction><boundaryEvent id="hazard" attachedToRef="tx">{error}</boundaryEvent>'
        + tasks("handled")
        + line("s", "tx")
        + line("hazard", "handled")
    )
    play = Play(model).start().complete("a").throw("w", "E1")
    assert play.tree == "p[handled]"
    assert play.rows(state.EventSubscription) == []


@pytest.mark.parametrize("ok", [True, False])
def test_after_success_it_can_still_be_undone_from_the_outside(ok: bool) -> None:
    play = (
        Play(transaction(outside=throw("t") + tasks("last") + line("done", "t", "last")))
        .start({"ok": ok})
        .complete("a")
    )
    if ok:
        assert play.complete("done").tree == "p[t, tx[undo_a]]"
        assert play.complete("undo_a").tree == "p[last]"
    else:
        assert play.complete("undo_a").waiting == ["task undone"]
