"""The process that runs scripts. It is started with this file alone: it must never import anything of the project.

It limits itself before it reads the first script: no files, no processes, no core, an address space; and before each
script it winds up two timers whose signals end it, because some of QuickJS's native loops never look at the time.
"""

import importlib.machinery
import importlib.util
import json
import os
import signal
import struct
import sys

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LENGTH = struct.Struct(">I")
PRELUDE = ("values.js", "spin.js", "java.js", "variables.js", "subjects.js", "main.js")
BASE_MEMORY = 512 * 2**20  # address space of the interpreter itself, generously


def main(library):
    loader = importlib.machinery.ExtensionFileLoader("_quickjs", library)
    spec = importlib.util.spec_from_loader("_quickjs", loader)
    assert spec is not None
    quickjs = importlib.util.module_from_spec(spec)
    loader.exec_module(quickjs)
    prelude = _prelude()
    _limit_process()
    _send(b"")  # the greeting
    while True:
        # Made before anybody asks for it: most of a short script's time is the reading of the prelude.
        context = quickjs.Context()
        script = context.eval(prelude)
        head = sys.stdin.buffer.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return
        header, _, request = sys.stdin.buffer.read(LENGTH.unpack(head)[0]).partition(b"\n")
        limits = json.loads(header)
        _limit_memory(limits["memory"])
        _wind_timers(limits["patience"], limits["seconds"] * 1.5 + 0.5)
        context.set_memory_limit(limits["memory"])
        context.set_max_stack_size(limits["stack"])
        context.set_time_limit(limits["seconds"])
        stopped, numbers, text = _run(quickjs, script, request.decode())
        _wind_timers(0, 0)
        answer = json.dumps({"stopped": stopped, "numbers": numbers})
        _send(f"{answer}\n{text}".encode("utf-8", "replace"))
        del script, context  # never used twice: nothing of one script reaches the next


def _run(quickjs, script, request):
    """Why it was stopped, the numbers of the answer, the answer."""
    try:
        text = script("run", request)
        # One by one: here a number comes as int or float, as JSON all would look alike.
        return None, [script("number", index) for index in range(script("count"))], text
    except quickjs.StackOverflow:
        return "stack", [], ""
    except quickjs.JSException as error:
        reason = str(error)
        if "interrupted" in reason:
            return "time", [], ""
        if "out of memory" in reason or reason.startswith("null"):
            return "memory", [], ""
        return "the sandbox failed: " + reason.splitlines()[0], [], ""
    except MemoryError:
        return "memory", [], ""


def _prelude():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "prelude")
    parts = []
    for name in PRELUDE:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            parts.append(file.read())
    return "(function () {\n'use strict';\n" + "\n".join(parts) + "\nreturn main;\n})()"


def _limit_process():
    if resource is None:
        return
    for name, most in (("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0), ("RLIMIT_NOFILE", 8), ("RLIMIT_NPROC", 0)):
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (most, most))


def _limit_memory(most):
    """A second line behind the limit of the JavaScript heap."""
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = BASE_MEMORY + 4 * most
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _wind_timers(clock_seconds, computing_seconds):
    if hasattr(signal, "setitimer"):
        for name, timer, seconds in (
            ("SIGALRM", signal.ITIMER_REAL, clock_seconds),
            ("SIGPROF", signal.ITIMER_PROF, computing_seconds),
        ):
            signal.signal(getattr(signal, name), signal.SIG_DFL)  # which ends the process
            signal.setitimer(timer, seconds)


def _send(frame):
    sys.stdout.buffer.write(LENGTH.pack(len(frame)) + frame)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
