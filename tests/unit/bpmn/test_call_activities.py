"""Call activities: what is called, and what passes in and out."""

import pytest

from tests.unit.bpmn.models import parse, problems


def call(extensions: str = "", attributes: str = "") -> str:
    return f'<callActivity id="c" calledElement="k-${{x}}" {attributes}><extensionElements>{extensions}</extensionElements></callActivity>'


@pytest.mark.parametrize(
    ("attributes", "binding", "version"),
    [
        ("", "latest", None),
        ('camunda:calledElementBinding="deployment"', "deployment", None),
        ('camunda:calledElementBinding="version" camunda:calledElementVersion="${v}"', "version", "${v}"),
    ],
)
def test_bindings(attributes, binding, version):
    found = parse(call("", attributes)).activity("c").call
    assert found.called_element.text == "k-${x}"
    assert found.binding == binding
    assert (found.version and found.version.text) == version


@pytest.mark.parametrize("binding", ["version", "versionTag"])
def test_a_binding_to_a_version_needs_the_version(binding):
    assert problems(call("", f'camunda:calledElementBinding="{binding}"'))


def test_mappings():
    found = (
        parse(
            call(
                '<camunda:in businessKey="${key}"/><camunda:in variables="all" local="true"/>'
                '<camunda:in source="a" target="b"/><camunda:in sourceExpression="${a}" target="c"/>'
                '<camunda:out source="d" target="e"/>'
            )
        )
        .activity("c")
        .call
    )
    assert found.business_key.text == "${key}"
    every, plain, computed = found.inputs
    assert (every.all_variables, every.local) == (True, True)
    assert (plain.source, plain.target) == ("a", "b")
    assert (computed.source_expression.text, computed.target) == ("${a}", "c")
    assert found.outputs[0].target == "e"


@pytest.mark.parametrize(
    "attributes",
    ['target="b"', 'source="a"', 'source="" target="b"', 'source="a" target=""', 'sourceExpression="" target="b"', ""],
)
def test_incomplete_mappings_are_refused(attributes):
    assert problems(call(f"<camunda:in {attributes}/>"))


def test_a_thrown_signal_takes_variables_along():
    throw = (
        '<endEvent id="end"><signalEventDefinition signalRef="s1" camunda:async="true"><extensionElements>'
        '<camunda:in source="a" target="b"/></extensionElements></signalEventDefinition></endEvent>'
    )
    signal = parse(throw).activity("end").signal
    assert (signal.name.text, signal.is_async, signal.mappings[0].target) == ("alarm", True, "b")
