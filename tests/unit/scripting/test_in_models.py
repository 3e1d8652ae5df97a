"""Scripts where models have them. What is expected was observed on Camunda 7.24 with Nashorn."""

from functools import partial
from xml.sax.saxutils import escape

import pytest

from tests.conformance.memory import MemorySite
from tests.unit.bpmn.models import document, flow
from workflow_engine import scripting
from workflow_engine.engine import commands, state
from workflow_engine.engine.errors import ModelError

RESULT = 'camunda:resultVariable="result"'


class Site(MemorySite):
    def __init__(self):
        super().__init__(scripts=partial(scripting.run, limits=scripting.Limits()))

    def start(self, body, **variables):
        definition = self.deploy(document(body))[-1]
        command = commands.StartProcessInstance(process_definition_id=definition.definition_id, variables=variables)
        self.execute(command)
        return {row["name"]: row["value"] for row in self.database.variables.values()}

    @property
    def activities(self):
        return [row["activity"] for row in self.database.activities.values()]


@pytest.fixture
def site():
    return Site()


def script_task(source, attributes=RESULT, script_format="javascript"):
    task = f'<scriptTask id="t" scriptFormat="{script_format}" {attributes}>'
    return f"{flow('start', 't')}{task}{escape_script(source)}</scriptTask>{flow('t', 'u')}<userTask id='u'/>"


def escape_script(source):
    return "" if source is None else f"<script>{escape(source)}</script>"


def user_task(extensions):
    return (
        f"{flow('start', 'u')}<userTask id='u' name='N'><extensionElements>{extensions}</extensionElements></userTask>"
    )


def test_the_last_value_is_the_result(site):
    assert site.start(script_task("a + 'x'"), a=5) == {"a": 5, "result": "5x"}


def test_null_is_no_result(site):
    assert site.start(script_task("null"), result=1) == {"result": 1}


def test_assigning_to_a_name_changes_no_variable(site):
    assert site.start(script_task("a = 9; execution.setVariable('b', a)", ""), a=5) == {"a": 5, "b": 9}


def test_all_changes_of_variables(site):
    source = """
        execution.setVariableLocal('a', 1); execution.setVariable('a', 2); execution.removeVariable('b');
        execution.setVariable('c', {x: [1, 2.5]}); execution.removeVariableLocal('d');
        execution.setProcessBusinessKey('key');
    """
    assert site.start(script_task(source, ""), b=1, d=1) == {"a": 2, "c": {"x": [1, 2.5]}}
    assert [row["business_key"] for row in site.database.rows(state.Execution, parent_id=None)] == ["key"]


@pytest.mark.parametrize(
    ("source", "script_format", "message"),
    [
        ("missing", "javascript", "Script at 't' failed: ReferenceError: missing is not defined (line 1: missing)"),
        ("${missing", "juel", "Script at 't' failed: "),
        ("${missing}", "juel", "Expression at 't' failed: Unknown property used in expression"),
        ("1", "groovy", "Script at 't' failed: there is no sandbox for the language 'groovy'."),
    ],
)
def test_a_failing_script_names_its_element(site, source, script_format, message):
    with pytest.raises(ModelError) as failed:
        site.start(script_task(source, script_format=script_format))
    assert str(failed.value).startswith(message)
    assert failed.value.activity_id == "t"


BOUNDARY = (
    '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="e1" camunda:errorMessageVariable="why"/>'
    f"</boundaryEvent>{flow('b', 'caught')}<userTask id='caught'/>"
)


def test_a_bpmn_error_is_caught_and_what_came_before_stays(site):
    source = "execution.setVariable('x', 1); throw new org.camunda.bpm.engine.delegate.BpmnError('E1', 'sold out')"
    assert site.start(script_task(source) + BOUNDARY) == {"x": 1, "why": "sold out"}
    assert site.activities == ["start", "t", "b", "caught"]


def test_an_uncaught_bpmn_error_ends_the_execution(site):
    site.start(script_task("throw new BpmnError('other')") + BOUNDARY)
    assert site.activities == ["start", "t"]


def test_expressions_as_scripts(site):
    assert site.start(script_task("${a + 1}", script_format="juel"), a=5)["result"] == 6


@pytest.mark.parametrize("source", ["${source}", "#{source}"])
def test_the_source_from_a_variable(site, source):
    assert site.start(script_task(source), source="'made ' + a", a=1)["result"] == "made 1"


def test_no_source_in_the_variable(site):
    with pytest.raises(ModelError, match=r"its source, \$\{source\}, is no text"):
        site.start(script_task("${source}"), source=None)


@pytest.mark.parametrize("resource", ["deployment://work.js", "${resource}"])
def test_the_source_from_a_resource(site, resource):
    site.script_sources["work.js"] = "a + ' from a file'"
    variables = site.start(
        script_task(None, f'{RESULT} camunda:resource="{resource}"'), a=1, resource="deployment://work.js"
    )
    assert variables["result"] == "1 from a file"


def gateway(condition, language="javascript"):
    inner = f'<conditionExpression xsi:type="tFormalExpression" language="{language}">{escape(condition)}</conditionExpression>'
    return (
        f"{flow('start', 'g')}<exclusiveGateway id='g' default='g_no'/>{flow('g', 'yes', inner)}{flow('g', 'no')}"
        "<userTask id='yes'/><userTask id='no'/>"
    )


@pytest.mark.parametrize(
    ("condition", "language", "wanted"),
    [
        ("a > 3", "javascript", "yes"),
        ("a > 30", "javascript", "no"),
        ("execution.getVariable('a') === 5 && execution.getCurrentActivityId() === 'g'", "javascript", "yes"),
        ("${a > 3}", "juel", "yes"),
    ],
)
def test_conditions(site, condition, language, wanted):
    site.start(gateway(condition, language), a=5)
    assert site.activities[-1] == wanted


@pytest.mark.parametrize("condition", ["a", "null", "'true'"])
def test_conditions_must_be_true_or_false(site, condition):
    with pytest.raises(ModelError, match="instead of true or false"):
        site.start(gateway(condition), a=5)


def listener(kind, event, source):
    script = f'<camunda:script scriptFormat="javascript">{escape(source)}</camunda:script>'
    return f'<camunda:{kind} event="{event}">{script}</camunda:{kind}>'


def test_execution_listeners(site):
    source = "execution.setVariable('seen', execution.getEventName() + execution.currentActivityId + typeof task)"
    assert site.start(user_task(listener("executionListener", "start", source)))["seen"] == "startuundefined"


def test_task_listeners(site):
    source = """
        task.setAssignee('kermit'); task.priority = 7; task.addCandidateGroup('frogs');
        task.setVariable('seen', task.getEventName() + task.name + a + typeof execution);
        task.setVariableLocal('own', seen); task.removeVariable('a');
        task.setVariableLocal('gone', 1); task.removeVariable('gone');
    """
    variables = site.start(user_task(listener("taskListener", "create", source)), a=1)
    assert variables == {"seen": "createN1undefined", "own": "createN1undefined"}
    (task,) = site.database.rows(state.UserTask)
    assert (task["assignee"], task["priority"]) == ("kermit", 7)
    assert [row["group_id"] for row in site.database.rows(state.IdentityLink)] == ["frogs"]
    assert [row["name"] for row in site.database.rows(state.Variable, task_id=task["id"])] == ["own"]


def test_a_task_listener_completes_its_task(site):
    site.start(user_task(listener("taskListener", "create", "task.complete()")))
    assert site.database.rows(state.UserTask) == []


def parameter(kind, source):
    script = f'<camunda:script scriptFormat="javascript">{escape(source)}</camunda:script>'
    return f'<camunda:{kind} name="z">{script}</camunda:{kind}>'


@pytest.mark.parametrize(("source", "wanted"), [("a", 5), ("null", None), ("[a, 'x']", [5, "x"])])
def test_parameters(site, source, wanted):
    io = f"<camunda:inputOutput>{parameter('inputParameter', source)}</camunda:inputOutput>"
    assert site.start(user_task(io), a=5)["z"] == wanted


def test_a_failing_parameter_names_its_element(site):
    io = f"<camunda:inputOutput>{parameter('inputParameter', 'boom')}</camunda:inputOutput>"
    with pytest.raises(ModelError, match="Parameter 'z' of 'u': Script at 'u' failed: ReferenceError: boom"):
        site.start(user_task(io))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("Array.prototype.push = function () { this[0] = ['execution', '__init__', []]; return 1 }", "execution.__init__"),
        ("Array.prototype.push = function () { this[0] = ['site', 'setVariable', ['x', true]]; return 1 }", "site.setVariable"),
        ("Array.prototype.push = function () { this[0] = ['execution', 'removeVariable', []]; return 1 }", "execution.removeVariable"),
        ("Array.prototype.push = function () { this[0] = ['task', 'complete', []]; return 1 }", "task.complete"),
    ],
)  # fmt: skip
def test_forged_effects_are_refused(site, source, message):
    with pytest.raises(ModelError, match=f"it asks for {message}, which does not exist so"):
        site.start(script_task(f"{source}; execution.setVariable('x', null)"))
