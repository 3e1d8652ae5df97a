"""JUEL, the expression language of Camunda 7, without Java: `${amount > 1000 && customer.country == 'DE'}`.

The door: compile_expression(text) gives an Expression; evaluate(context) its value in the types of workflow_engine.values.
Names and functions come from a Context, objects with a behaviour of their own are ExpressionObjects. Everything is bounded
(length, tokens, depth, size of texts, work) and nothing but the closed list of methods can be called; there is no eval.
This package never imports Django, the engine or the model.
"""

from workflow_engine.expressions.context import Context, ExpressionObject, VariablesContext
from workflow_engine.expressions.datetimes import DateTime
from workflow_engine.expressions.errors import (
    ConditionError,
    ExpressionError,
    ExpressionEvaluationError,
    ExpressionSyntaxError,
    UnknownMethodError,
    UnknownNameError,
    UnknownPropertyError,
)
from workflow_engine.expressions.expression import Expression, compile_expression
from workflow_engine.expressions.text import to_text

__all__ = [
    "ConditionError",
    "Context",
    "DateTime",
    "Expression",
    "ExpressionError",
    "ExpressionEvaluationError",
    "ExpressionObject",
    "ExpressionSyntaxError",
    "UnknownMethodError",
    "UnknownNameError",
    "UnknownPropertyError",
    "VariablesContext",
    "compile_expression",
    "to_text",
]
