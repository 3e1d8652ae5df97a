"""Which language runs where, and what to say of the others."""

from __future__ import annotations

from importlib.util import find_spec

from workflow_engine.engine.ports import ScriptCall, ScriptOutcome
from workflow_engine.scripting import javascript
from workflow_engine.scripting.limits import Limits

JAVASCRIPT = frozenset({"javascript", "ecmascript", "js", "nashorn", "graal.js"})
LIBRARY = "_quickjs"  # the part of quickjs-ng that needs no threads


def is_available() -> bool:
    """Whether the extra with the JavaScript engine is installed."""
    return find_spec(LIBRARY) is not None


def run(call: ScriptCall, limits: Limits) -> ScriptOutcome:
    """What the script did; a failure of any kind is told in the outcome."""
    if call.format.lower() not in JAVASCRIPT:
        return ScriptOutcome(
            failure=f"there is no sandbox for the language '{call.format}'."
            " Write the script in JavaScript, or let an external task or a handler do the work."
        )
    if not is_available():
        return ScriptOutcome(
            failure="JavaScript needs the extra 'js', which is not installed:"
            " pip install 'django-workflow-engine-bpmn[js]'."
        )
    return javascript.run(call, limits)
