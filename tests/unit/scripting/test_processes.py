"""The processes that run scripts: kept, replaced, and poor."""

import os
import signal
import threading

import pytest

from workflow_engine import scripting
from workflow_engine.engine.ports import ScriptCall
from workflow_engine.scripting.pool import MAX_IDLE, Pool, pool
from workflow_engine.scripting.process import RUNS_PER_PROCESS, ProcessEnded, ScriptProcess

EMPTY = '{"source": "1", "scopes": [{}], "subjects": {"execution": {}, "instance": {}}}'


@pytest.fixture
def own_pool():
    own = Pool()
    yield own
    own.close()


def test_a_process_is_used_again(own_pool):
    first = own_pool.take()
    own_pool.give_back(first)
    assert own_pool.take() is first
    own_pool.give_back(first)


def test_a_process_that_did_enough_or_died_is_replaced(own_pool):
    first = own_pool.take()
    first.runs = RUNS_PER_PROCESS
    own_pool.give_back(first)
    second = own_pool.take()
    assert second is not first
    own_pool.give_back(second)
    second._process.kill()
    second._process.wait()
    third = own_pool.take()
    assert third is not second
    own_pool.give_back(third)


def test_few_processes_stay_idle(own_pool):
    for process in [own_pool.take() for _ in range(MAX_IDLE + 2)]:
        own_pool.give_back(process)
    assert len(own_pool._idle) == MAX_IDLE


def test_a_killed_process_is_told_as_such(own_pool):
    process = own_pool.take()
    process._process.kill()
    with pytest.raises(ProcessEnded, match=r"ended unexpectedly \(exit code -9\)"):
        process.exchange(EMPTY, scripting.Limits())
    own_pool.give_back(process)
    assert own_pool._idle == []


def test_it_sees_no_environment_no_folder_and_may_do_nothing():
    process = ScriptProcess()
    try:
        folder = f"/proc/{process._process.pid}"
        if not os.path.isdir(folder):
            pytest.skip("no /proc here")
        with open(f"{folder}/environ", "rb") as file:
            names = {item.split(b"=")[0] for item in file.read().split(b"\0") if item}
        assert names <= {b"TZ", b"LD_LIBRARY_PATH", b"LC_CTYPE"}
        assert os.readlink(f"{folder}/cwd") == "/"
        with open(f"{folder}/limits") as file:
            limits = dict(line.rsplit(None, 3)[0:2] for line in file.read().splitlines()[1:] if len(line.split()) > 4)
        assert limits["Max file size"] == limits["Max core file size"] == "0"
    finally:
        process.close()


def test_a_forked_process_starts_its_own(run):
    run("1")
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    idle = len(pool._idle)
    child = os.fork()
    if child == 0:
        os._exit(0 if pool._idle == [] and run("1 + 1").result == 2 and not pool.close() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(pool._idle) == idle
    assert run("2").result == 2


def test_threads_run_scripts_beside_each_other(run):
    results = []
    threads = [threading.Thread(target=lambda n=n: results.append(run(f"{n} * 2").result)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [n * 2 for n in range(8)]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_a_parent_that_ignores_the_timers_signals_does_not_disarm_them(own_pool):
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN), signal.signal(signal.SIGPROF, signal.SIG_IGN)
    try:
        process = own_pool.take()
    finally:
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGPROF, before[1])
    source = EMPTY.replace('"1"', '"new Array(4294967295).join()"')
    with pytest.raises(ProcessEnded) as ended:
        process.exchange(source, scripting.Limits(seconds=0.2))
    assert ended.value.too_slow


def test_a_sandbox_that_cannot_start_is_a_failure_of_the_script(monkeypatch):
    monkeypatch.setattr("workflow_engine.scripting.process._python", lambda: "/nowhere/python3")
    monkeypatch.setattr(pool, "_idle", [])
    failure = scripting.run(ScriptCall(format="javascript", source="1"), scripting.Limits()).failure
    assert failure.startswith("the sandbox cannot be started: [Errno 2]")
