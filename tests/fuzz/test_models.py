"""Whatever becomes of a model: it is understood, or refused with sentences that say what is wrong and where. Nothing else."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given

from tests.fuzz.mutated import documents, models, seeds
from tests.rest.conftest import Api, basic
from tests.support.fuzzing import examples
from workflow_engine.bpmn import InvalidModel, parse_bpmn


def understood(content: bytes) -> bool:
    try:
        parsed = parse_bpmn(content, "fuzz.bpmn")
    except InvalidModel as error:
        refused = error
    else:
        assert all(process.key for process in parsed.processes)
        return True
    assert refused.problems
    for problem in refused.problems:
        assert problem.severity == "error"
        assert problem.message.strip()
        assert problem.line is None or problem.line >= 0
    return False


def test_the_models_themselves_are_understood() -> None:
    assert all(understood(seed) for seed in seeds())
    assert len(seeds()) >= 15


@examples(400)
@given(models())
def test_changed_models(content: bytes) -> None:
    understood(content)


@examples(400)
@given(documents())
def test_damaged_documents(content: bytes) -> None:
    understood(content)


@examples(200)
@given(content=documents() | models())
def test_any_bytes(content: bytes) -> None:
    """Also as other encodings would read them."""
    for encoding in ("utf-16", "latin-1"):
        understood(content.decode("latin-1").encode(encoding))


@pytest.fixture
def modeler(django_user_model: Any, db: None) -> Api:
    django_user_model.objects.create_superuser("root", password="secret")
    return Api(basic("root", "secret"))


@pytest.mark.timeout(900)
@examples(30)
@given(content=models())
def test_deploying_changed_models(modeler: Api, content: bytes) -> None:
    """What is understood can be stored with all its subscriptions and timers, and started; what is not leaves nothing."""
    with transaction.atomic():
        answer = modeler.deploy(content.decode())
        assert answer.status in (200, 400), answer.content
        for definition in (answer.json.get("deployedProcessDefinitions") or {}) if answer.status == 200 else ():
            started = modeler.post(f"/process-definition/{definition}/start")
            # What it calls may not be there; what it computes may be wrong.
            assert started.status == 200 or 400 <= started.status < 500, started.content
        transaction.set_rollback(True)
