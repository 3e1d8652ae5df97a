"""What compile_expression says of a text before it is evaluated."""

import pytest

from workflow_engine.expressions import (
    ExpressionEvaluationError,
    ExpressionSyntaxError,
    VariablesContext,
    compile_expression,
)

EMPTY = VariablesContext({})


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", True),
        ("plain", True),
        ("\\${a}", True),
        ("$a #b {c}", True),
        ("${'a'}", False),
        ("#{1}", False),
        ("a${1}", False),
    ],
)
def test_text_without_code_is_literal(text, literal):
    assert compile_expression(text).is_literal is literal


def test_names_are_the_free_identifiers():
    expression = compile_expression("${a.b[c] > d.e(f, 'g')} ${empty h ? -i : (now())} ${x['y'](z)}")
    assert expression.names == {"a", "c", "d", "f", "h", "i", "x", "z"}
    assert expression.functions == {("now", 0)}


def test_a_name_before_a_colon_and_a_call_is_a_namespace_as_in_juel():
    with pytest.raises(ExpressionSyntaxError, match="expected ':'"):
        compile_expression("${late ? due : now()}")
    assert compile_expression("${late ? due : (now())}").names == {"late", "due"}


def test_unknown_functions_are_told_without_evaluating():
    expression = compile_expression("${foo(1) && now(2) == x:y()}")
    assert expression.function_problems() == [
        "Could not resolve function 'foo'",
        "Parameters for function 'now' do not match",
        "Could not resolve function 'x:y'",
    ]
    with pytest.raises(ExpressionEvaluationError, match="Could not resolve function 'foo'"):
        expression.evaluate(EMPTY)


def test_a_syntax_error_says_where_and_what():
    with pytest.raises(ExpressionSyntaxError) as caught:
        compile_expression("${a +}")
    assert caught.value.position == 5
    assert caught.value.text == "${a +}"
    assert str(caught.value).startswith(
        "Error parsing '${a +}': syntax error at position 5, encountered '}', expected "
    )


def test_the_syntax_error_comes_before_a_later_lexical_one():
    with pytest.raises(ExpressionSyntaxError, match="syntax error at position 4"):
        compile_expression("${a b ~}")


def test_names_may_hold_any_letter_but_no_space_of_any_kind():
    assert compile_expression("${größe + ñ_1 + $x + 数}").names == {"größe", "ñ_1", "$x", "数"}
    with pytest.raises(ExpressionSyntaxError):
        compile_expression("${a\u00a0+ b}")  # Java's isWhitespace excludes the non-breaking space
    assert compile_expression("${1\u2003+\t\n1}").evaluate(EMPTY) == 2


def test_equal_texts_are_equal_and_compiled_once():
    assert compile_expression("${a}") is compile_expression("${a}")
    assert compile_expression("${a}") == compile_expression("${a}") != compile_expression("${b}")
    assert repr(compile_expression("${a}")) == "Expression('${a}')"
    assert len({compile_expression("${a}"), compile_expression("${a}")}) == 1
