"""Which languages run, and what is said of the others; the settings."""

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from workflow_engine import scripting
from workflow_engine.engine.ports import ScriptCall
from workflow_engine.scripting import languages
from workflow_engine.store.environment import StoreEnvironment

ON = {"SCRIPTS_ENABLED": True}


@pytest.mark.parametrize("name", ["javascript", "JavaScript", "ecmascript", "ECMAScript", "js", "nashorn", "graal.js"])
def test_names_of_javascript(run, name):
    assert run("1", script_format=name).result == 1


@pytest.mark.parametrize("name", ["groovy", "python", "ruby", "feel", "xyz"])
def test_other_languages(run, name):
    assert run("1", script_format=name).failure == (
        f"there is no sandbox for the language '{name}'."
        " Write the script in JavaScript, or let an external task or a handler do the work."
    )


@pytest.fixture
def without_extra(monkeypatch):
    monkeypatch.setattr(languages, "LIBRARY", "_there_is_no_such_module")


def test_without_the_extra(run, without_extra):
    assert run("1").failure == (
        "JavaScript needs the extra 'js', which is not installed: pip install 'django-workflow-engine-bpmn[js]'."
    )


def _store_runs(source):
    environment = StoreEnvironment(work=None)  # a script needs nothing of the database
    return environment.run_script(
        ScriptCall(format="javascript", source=source, scopes=({},), subjects={"execution": {}, "instance": {}})
    )


def test_off_by_default():
    assert _store_runs("1").failure == (
        "scripts (javascript) are switched off. The site may enable them with the setting SCRIPTS_ENABLED."
    )


def test_the_settings_limit_scripts():
    with override_settings(WORKFLOW_ENGINE=ON | {"SCRIPT_MEMORY_LIMIT": 2 * 2**20}):
        assert _store_runs("1 + 1").result == 2
        assert "SCRIPT_MEMORY_LIMIT" in _store_runs("new Uint8Array(3e6)").failure
    with override_settings(WORKFLOW_ENGINE=ON | {"SCRIPT_STACK_LIMIT": 64 * 2**10}):
        assert "SCRIPT_STACK_LIMIT" in _store_runs("var f = n => n && f(n - 1); f(1000)").failure


def _warnings():
    return [message.id for message in run_checks() if message.id in ("workflow_engine.W003", "workflow_engine.W004")]


def test_checks(without_extra):
    assert _warnings() == []
    with override_settings(WORKFLOW_ENGINE=ON):
        assert _warnings() == ["workflow_engine.W003", "workflow_engine.W004"]


def test_the_check_with_the_extra():
    with override_settings(WORKFLOW_ENGINE=ON):
        assert _warnings() == ["workflow_engine.W003"]
    assert scripting.is_available()
