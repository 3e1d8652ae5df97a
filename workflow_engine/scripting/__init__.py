"""Runs the scripts of models in a sandbox: JavaScript, in a process of its own that can be killed.

`run(call, limits)` is the only door. A script gets copies of what it may read and hands back a list of wishes (set this
variable, assign that task), which the engine carries out afterwards: no object of the site, no file, no socket and no
clock but JavaScript's own is ever within its reach. QuickJS limits memory, stack and time; because some of its native
loops never look at the time, it lives in a child process that the operating system ends when it does not stop by itself.

Everything that comes back is data from a stranger: `wire.py` checks it. This package must never import Django.
"""

from workflow_engine.scripting.languages import is_available, run
from workflow_engine.scripting.limits import Limits

__all__ = ["Limits", "is_available", "run"]
