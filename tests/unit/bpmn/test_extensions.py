"""Camunda's extension elements and attributes."""

import pytest

from tests.unit.bpmn.models import boundary, parse, problems
from workflow_engine.bpmn.data import ListValue, MapValue, Script


def extended(extensions: str, tag: str = "userTask", attributes: str = "") -> str:
    return f'<{tag} id="task" {attributes}><extensionElements>{extensions}</extensionElements></{tag}>'


def mapping(content: str, tag: str = "input") -> str:
    return f'<camunda:inputOutput><camunda:{tag}Parameter name="x">{content}</camunda:{tag}Parameter></camunda:inputOutput>'


def test_parameters_are_texts_expressions_lists_maps_and_scripts():
    def value(content):
        activity = parse(extended(mapping(content))).activity("task")
        assert activity.is_scope
        return activity.io_mapping.inputs[0].value

    assert value(" ${a} ").text == "${a}"
    assert value("") is None
    listed = value(
        "<camunda:list><camunda:value>1</camunda:value><camunda:script scriptFormat='js'>2</camunda:script></camunda:list>"
    )
    assert isinstance(listed, ListValue)
    assert (listed.items[0].text, listed.items[1]) == ("1", Script(format="js", source="2"))
    mapped = value('<camunda:map><camunda:entry key="b">2</camunda:entry><camunda:entry key="${a}"/></camunda:map>')
    assert isinstance(mapped, MapValue)
    assert [(key.text, entry and entry.text) for key, entry in mapped.entries] == [("${a}", None), ("b", "2")]


@pytest.mark.parametrize(
    "model",
    [
        extended("<camunda:inputOutput><camunda:inputParameter>1</camunda:inputParameter></camunda:inputOutput>"),
        extended(mapping("<camunda:list/><camunda:list/>")),
        extended(mapping("<camunda:map><camunda:entry>1</camunda:entry></camunda:map>")),
        extended(mapping("<camunda:script>1</camunda:script>")),
        extended(mapping("1"), "parallelGateway"),
        extended(mapping("1", "output"), "endEvent"),
        '<userTask id="task"/>'
        + boundary(
            f"<extensionElements>{mapping('1')}</extensionElements><timerEventDefinition><timeDate>x</timeDate></timerEventDefinition>"
        ),
    ],
)
def test_mappings_that_are_refused(model):
    assert problems(model)


def test_execution_listeners_keep_their_order():
    listener = '<camunda:executionListener event="{}" {}/>'
    found = parse(
        extended(
            listener.format("end", 'expression="${a}"')
            + listener.format("start", 'class="x.Y"')
            + listener.format("end", 'delegateExpression="${b}"')
        )
    ).activity("task")
    assert [found.kind for found in (each.service for each in found.listeners["end"])] == [
        "expression",
        "delegate_expression",
    ]
    assert found.listeners["start"][0].service.name == "x.Y"
    assert problems(extended(listener.format("take", 'expression="${a}"')))
    assert problems(extended(listener.format("start", 'class=""')))
    assert problems(extended(listener.format("start", "")))


def test_fields_are_texts_or_expressions():
    fields = (
        '<camunda:field name="a" stringValue="${verbatim}"/><camunda:field name="b" expression="${x}"/>'
        '<camunda:field name="c"><camunda:string>text</camunda:string></camunda:field>'
    )
    found = parse(extended(fields, "serviceTask", 'camunda:class="x.Y"')).activity("task").fields
    assert [(f.name, f.text, f.value.text) for f in found] == [
        ("a", "${verbatim}", ""),
        ("b", None, "${x}"),
        ("c", "text", "text"),
    ]
    assert problems(extended('<camunda:field name="a"/>', "serviceTask", 'camunda:class="x.Y"'))


def test_people_and_dates_of_a_user_task():
    task = parse(
        '<userTask id="task" name="Check ${order}" camunda:assignee="${boss}" camunda:candidateUsers="kermit, ${people.of(a,b)}" '
        'camunda:candidateGroups="sales,${more}" camunda:dueDate="${due}" camunda:followUpDate="2030-01-01" '
        'camunda:priority="70" camunda:formKey="embedded:x"><documentation>Look\n</documentation>'
        "<potentialOwner><resourceAssignmentExpression><formalExpression>user(gonzo), group(it), qa</formalExpression>"
        "</resourceAssignmentExpression></potentialOwner></userTask>"
    ).activity("task")
    found = task.user_task
    assert (found.name.text, found.documentation.text, found.assignee.text) == ("Check ${order}", "Look", "${boss}")
    assert [e.text for e in found.candidate_users] == ["gonzo", "kermit", "${people.of(a,b)}"]
    assert [e.text for e in found.candidate_groups] == ["it", "qa", "sales", "${more}"]
    assert (found.due_date.text, found.follow_up_date.text, found.priority.text) == ("${due}", "2030-01-01", "70")
    assert found.form_key.text == "embedded:x"


def test_task_listeners():
    listener = '<camunda:taskListener event="{}" expression="${{a}}"/>'
    found = (
        parse(extended(listener.format("create") + listener.format("complete"))).activity("task").user_task.listeners
    )
    assert sorted(found) == ["complete", "create"]
    assert problems(extended(listener.format("nonsense")))


def test_form_fields():
    field = (
        '<camunda:formData businessKey="a"><camunda:formField id="a" type="enum" label="A" defaultValue="${x}">'
        '<camunda:properties><camunda:property id="k" value="v"/></camunda:properties>'
        '<camunda:validation><camunda:constraint name="required"/><camunda:constraint name="min" config="3"/></camunda:validation>'
        '<camunda:value id="one" name="One"/></camunda:formField></camunda:formData>'
    )
    definition = parse(extended(field)).activity("task").user_task
    (found,) = definition.form_fields
    assert (found.id, found.type, found.label.text, found.default.text) == ("a", "enum", "A", "${x}")
    assert (found.constraints, found.values) == ((("required", ""), ("min", "3")), (("one", "One"),))
    assert found.properties == {"k": "v"}
    assert definition.business_key_field == "a"
    assert problems(extended(field.replace('type="enum"', 'type="unheard"')))
    assert problems(extended(field.replace('name="min"', 'name="unheard"')))
    assert problems('<userTask id="task" camunda:formRef="x" camunda:formRefBinding="odd"/>')
    start = extended(field, "startEvent")
    assert parse("", start=start).start_form.business_key_field == "a"


def test_attributes_of_the_process():
    process = parse(
        "",
        attributes='name="N" camunda:versionTag="v1" camunda:historyTimeToLive="P5D" camunda:isStartableInTasklist="false" '
        'camunda:candidateStarterUsers="a, b" camunda:candidateStarterGroups="c" camunda:jobPriority="${p}"',
        start='<extensionElements><camunda:properties><camunda:property name="unique-business-key" value="true"/>'
        '<camunda:property name="k" value="v"/></camunda:properties>'
        '<camunda:executionListener event="start" expression="${a}"/></extensionElements><startEvent id="start"/>',
    )
    assert (process.key, process.name, process.version_tag, process.category) == ("p", "N", "v1", "tests")
    assert (process.history_time_to_live, process.is_startable_in_tasklist) == (5, False)
    assert (process.candidate_starter_users, process.candidate_starter_groups) == (("a", "b"), ("c",))
    assert process.unique_business_key
    assert process.properties["k"] == "v"
    assert len(process.listeners["start"]) == 1
    assert problems("", attributes='camunda:historyTimeToLive="soon"')


def test_errors_an_external_task_may_throw():
    definition = '<camunda:errorEventDefinition id="d" errorRef="e1" expression="${bad}"/>'
    task = extended(definition, "serviceTask", 'camunda:type="external" camunda:topic="t"')
    (error,) = parse(task).activity("task").error_mappings
    assert (error.code, error.condition.text) == ("E1", "${bad}")
    assert problems(task.replace('expression="${bad}"', ""))


def test_a_connector():
    connector = f"<camunda:connector>{mapping('1')}<camunda:connectorId>http</camunda:connectorId></camunda:connector>"
    service = parse(extended(connector, "serviceTask")).activity("task").service
    assert (service.kind, service.name, service.io_mapping.inputs[0].name) == ("connector", "http", "x")
    assert problems(extended("<camunda:connector/>", "serviceTask"))


def test_unknown_extensions_are_ignored():
    assert not problems(extended('<camunda:unheard of="it"/><t:own>x</t:own>'))
