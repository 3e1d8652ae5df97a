"""Conditions must be true or false; conditional events take a name that does not exist yet for false."""

import pytest

from workflow_engine.expressions import (
    ConditionError,
    ExpressionEvaluationError,
    UnknownNameError,
    VariablesContext,
    compile_expression,
)
from workflow_engine.values import JsonValue

CONTEXT = VariablesContext({"yes": True, "text": "true", "none": None, "n": 1, "json": JsonValue("{}")})


@pytest.mark.parametrize(("text", "wanted"), [("${yes}", True), ("#{!yes}", False), ("${n == 1 and text}", True)])
def test_a_boolean_decides(text, wanted):
    assert compile_expression(text).evaluate_condition(CONTEXT) is wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${none}", "condition expression returns null: result is null (expression: ${none})"),
        (
            "${text}",
            "condition expression returns non-Boolean: result has class java.lang.String and not java.lang.Boolean",
        ),
        (
            "true",
            "condition expression returns non-Boolean: result has class java.lang.String and not java.lang.Boolean",
        ),
        (
            "${yes} ",
            "condition expression returns non-Boolean: result has class java.lang.String and not java.lang.Boolean",
        ),
        ("${n}", "result has class java.lang.Integer and not java.lang.Boolean"),
        ("${n + 1}", "result has class java.lang.Long and not java.lang.Boolean"),
        ("${json}", "result has class org.camunda.spin.impl.json.jackson.JacksonJsonNode and not java.lang.Boolean"),
    ],
)
def test_anything_else_is_an_error(text, message):
    with pytest.raises(ConditionError) as caught:
        compile_expression(text).evaluate_condition(CONTEXT)
    assert message in str(caught.value)


def test_a_conditional_event_waits_for_its_names():
    expression = compile_expression("${amount > 10}")
    with pytest.raises(UnknownNameError):
        expression.evaluate_condition(CONTEXT)
    assert expression.try_condition(CONTEXT) is False
    assert expression.try_condition(VariablesContext({"amount": 11})) is True
    with pytest.raises(ExpressionEvaluationError):
        compile_expression("${n && yes}").try_condition(CONTEXT)
