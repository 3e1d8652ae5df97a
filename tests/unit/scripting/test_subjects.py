"""`execution`, `task` and the variables as global names; the effects are what the engine carries out."""

import logging
from datetime import UTC, datetime

import pytest

OUTER, INNER = {"a": 1, "b": 2}, {"b": 3}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a + b", 4), ("this.a", 1), ("typeof missing", "undefined"), ("a = 9; execution.getVariable('a')", 1),
        ("var a = 9; a", 9), ("let a = 9; a", 9), ("execution.setVariable('a', 7); a", 7),
        ("a = 8; execution.setVariable('a', 7); a", 8), ("execution.setVariable('z', 7); z", 7),
        ("execution.removeVariable('a'); typeof a", "undefined"), ("execution.removeVariable('b'); b", 2),
        ("execution.getVariable('missing')", None), ("execution.getVariableLocal('a')", None), ("execution.getVariableLocal('b')", 3),
        ("execution.hasVariable('a')", True), ("execution.hasVariableLocal('a')", False), ("execution.getVariables().get('b')", 3),
        ("execution.variables.b", 3), ("execution.getVariablesLocal()", {"b": 3}), ("execution.getVariableNames().sort()", ["a", "b"]),
        ("execution.getProcessInstance().getVariable('b')", 2), ("execution.getProcessInstance().getId()", "i1"),
        ("execution.id + execution.getId()", "e1e1"), ("execution.getCurrentActivityId()", "approve"),
        ("execution.processBusinessKey + execution.getProcessBusinessKey()", "BKBK"), ("execution.isCanceled()", False),
        ("execution.getCurrentActivityName()", None), ("execution.foo", None), ("typeof task", "undefined"),
        ("execution.setProcessBusinessKey('new'); execution.getProcessInstance().getBusinessKey()", "new"),
    ],
)  # fmt: skip
def test_execution(run, source, wanted):
    outcome = run(source, INNER, OUTER)
    assert (outcome.failure, outcome.result) == (None, wanted)


def test_effects_in_order(changes):
    source = """
        execution.setVariable('a', 5);
        execution.setVariable('b', a + 1);
        execution.setVariableLocal('c', 'c');
        execution.setVariables({d: 1, e: null});
        execution.removeVariable('b');
        execution.removeVariable('unknown');
        execution.getProcessInstance().setVariable('f', undefined);
        execution.setProcessBusinessKey('new');
    """
    assert changes(source, INNER, OUTER) == [
        ("execution", "setVariable", "a", 5),
        ("execution", "setVariable", "b", 6),
        ("execution", "setVariableLocal", "c", "c"),
        ("execution", "setVariable", "d", 1),
        ("execution", "setVariable", "e", None),
        ("execution", "removeVariable", "b"),
        ("instance", "setVariable", "f", None),
        ("instance", "setBusinessKey", "new"),
    ]


def test_a_value_is_kept_as_it_was_when_it_was_set(changes):
    assert changes("var x = [1]; execution.setVariable('x', x); x.push(2)") == [("execution", "setVariable", "x", [1])]


def test_task(changes):
    source = """
        task.setAssignee('kermit');
        task.priority = 7.0;
        task.setDueDate(new java.util.Date(0));
        task.addCandidateGroup('frogs');
        task.setVariable('seen', task.assignee + task.getPriority() + task.name + task.eventName + typeof execution);
        task.setVariableLocal('mine', seen);
        task.getExecution().setVariableLocal('b', task.execution.getVariable('b'));
    """
    assert changes(source, {"own": 1}, INNER, OUTER, task=True) == [
        ("task", "setAssignee", "kermit"),
        ("task", "setPriority", 7),
        ("task", "setDueDate", datetime(1970, 1, 1, tzinfo=UTC)),
        ("task", "addCandidateGroup", "frogs"),
        ("task", "setVariable", "seen", "kermit7Approvecreateundefined"),
        ("task", "setVariableLocal", "mine", "kermit7Approvecreateundefined"),
        ("execution", "setVariableLocal", "b", 3),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "throw new BpmnError('C1', 'why')",
        "throw BpmnError('C1', 'why')",
        "throw new org.camunda.bpm.engine.delegate.BpmnError('C1', 'why')",
        "var E = Java.type('org.camunda.bpm.engine.delegate.BpmnError'); throw new E('C1', 'why')",
        "var BpmnError = Packages.org.camunda.bpm.engine.delegate.BpmnError; throw new BpmnError('C1', 'why')",
    ],
)
def test_a_bpmn_error_keeps_the_effects_before_it(run, source):
    outcome = run(f"execution.setVariable('x', 1); {source}")
    assert (outcome.failure, outcome.bpmn_error, len(outcome.effects)) == (None, ("C1", "why"), 1)


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("var x;\nmissing", "ReferenceError: missing is not defined (line 2: missing)"),
        ("a b", "SyntaxError: expecting ';' (line 1: a b)"),
        ("throw 'boom'", "boom"),
        ("throw new Error('boom')", "Error: boom (line 1: throw new Error('boom'))"),
        ("execution.foo()", "TypeError: not a function (line 1: execution.foo())"),
        ("Java.type('java.lang.Runtime')", "Error: the Java class 'java.lang.Runtime' does not exist here"),
        ("execution.getProcessEngineServices()", "Error: getProcessEngineServices() does not exist here: let an external"),
        ("execution.setVariable('x')", "TypeError: execution.setVariable(name, value) needs a name and a value."),
    ],
)  # fmt: skip
def test_failures(run, source, failure):
    assert run(source).failure.startswith(failure)


def test_what_is_printed_is_logged(run, caplog):
    with caplog.at_level(logging.INFO, "workflow_engine.scripts"):
        run("print('Hello', 1); console.log({a: 1}.a); java.lang.System.out.println('x')")
    assert [record.getMessage() for record in caplog.records] == ["Hello 1", "1", "x"]
