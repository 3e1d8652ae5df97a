"""The constraint `validator` of a form field: the site's Python decides, and a refused form changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.rest.conftest import Api
from tests.rest.test_forms import model, task_of, values
from workflow_engine import handlers
from workflow_engine.handlers import FormFieldContext, handler


def fields(*configs: str, kind: str = "string") -> str:
    return "".join(
        f'<camunda:formField id="f{n}" type="{kind}"><camunda:validation>'
        f'<camunda:constraint name="validator" config="{config}"/></camunda:validation></camunda:formField>'
        for n, config in enumerate(configs)
    )


def form(*configs: str, **options: Any) -> str:
    content = fields(*configs, **options)
    return f"<bpmn:extensionElements><camunda:formData>{content}</camunda:formData></bpmn:extensionElements>"


class Calls(list[tuple[Any, FormFieldContext]]):
    """A validator that answers what it is told to, and remembers what it was asked."""

    answer: Any = True

    def validate(self, value: Any, context: FormFieldContext) -> Any:
        self.append((value, context))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def calls() -> Iterator[Calls]:
    found = Calls()
    handler("formValidator")(found.validate)
    handlers.register_bean("formValidators", found)
    yield found
    handlers.unregister("formValidator")
    handlers.unregister("formValidators")


@pytest.fixture
def task(api: Api, calls: Calls) -> str:
    api.deploy(model("validated", task_content=form("formValidator"))).ok()
    return task_of(api, api.start("validated", **values(seats=3)))


def test_a_validator_sees_the_value_and_the_task(api: Api, task: str, calls: Calls) -> None:
    api.post(f"{task}/submit-form", values(f0="7", other=1)).ok()
    [(value, context)] = calls
    assert (value, context.field_id, context.field_type, context.configuration) == (
        "7",
        "f0",
        "string",
        "formValidator",
    )
    assert (dict(context.submitted), context.user_id) == ({"f0": "7", "other": 1}, "root")
    assert context.execution is not None
    assert context.task is not None
    assert context.task.get_property("taskDefinitionKey") == "approve"
    api.get(task).refused(404)


def test_it_is_asked_where_nothing_was_sent(api: Api, task: str, calls: Calls) -> None:
    api.post(f"{task}/submit-form").ok()
    assert [value for value, _ in calls] == [None]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (False, "Invalid value submitted for form field 'f0': validation of validator(formValidator) failed."),
        (ValueError("it is taken"), "Invalid value submitted for form field 'f0': it is taken"),
        (ValidationError(["too old", "too dear"]), "Invalid value submitted for form field 'f0': too old; too dear"),
        (KeyError("x"), "The validator 'formValidator' of form field 'f0' failed: 'x'"),
        (5, "The validator 'formValidator' of form field 'f0' answers 5, not True or False."),
        (0, "The validator 'formValidator' of form field 'f0' answers 0, not True or False."),
    ],
)
def test_what_it_refuses_changes_nothing(api: Api, task: str, calls: Calls, answer: Any, message: str) -> None:
    calls.answer = answer
    assert api.post(f"{task}/submit-form", values(f0="7")).refused(400) == message
    assert "f0" not in api.get(f"{task}/variables").ok()
    calls.answer = None
    api.post(f"{task}/submit-form", values(f0="7")).ok()


def test_a_start_form_has_neither_execution_nor_task(api: Api, calls: Calls) -> None:
    api.deploy(model("started", start_content=form("formValidator", "${formValidators}", kind="long"))).ok()
    address = "/process-definition/key/started/submit-form"
    calls.answer = False
    api.post(address, values(f0=5, f1=6)).refused(400)
    assert api.get("/process-instance/count").ok() == {"count": 0}
    calls.answer = True
    api.post(address, values(f0=5, f1=6)).ok()
    assert [(value, context.execution, context.task) for value, context in calls[1:]] == [
        (5, None, None),
        (6, None, None),
    ]


def test_a_bean_or_an_expression_may_be_the_validator(api: Api, calls: Calls) -> None:
    api.deploy(model("beans", task_content=form("formValidators", "${formValidators}", "${chosen}"))).ok()
    task = task_of(api, api.start("beans", **values(chosen="formValidator")))
    answer = api.post(f"{task}/submit-form", values(f0="a", f1="b")).refused(400)
    assert answer == "The validator '${chosen}' of form field 'f2' is 'formValidator', which cannot be called."
    assert [value for value, _ in calls] == ["a", "b"]


@pytest.mark.parametrize("config", ["nobody", "${nobody}", "org.example.IsFree"])
def test_a_validator_that_nobody_registered(api: Api, config: str) -> None:
    api.deploy(model("unknown", task_content=form(config))).ok()
    task = task_of(api, api.start("unknown"))
    assert config in api.post(f"{task}/submit-form", values(f0="a")).refused(400)
    api.get(task).ok()


@pytest.mark.parametrize("config", ["", "${"])
def test_what_names_no_validator_is_not_deployed(api: Api, config: str) -> None:
    api.deploy(model("broken", task_content=form(config))).refused(400)
