"""Scripts that want more than they may have: each is stopped in bounded time, and the next script runs as if nothing was."""

import time

import pytest

FAST = {"seconds": 0.3, "memory": 32 * 2**20}


@pytest.mark.parametrize(
    "source",
    [
        "while (true) {}",
        "for (;;) { try { while (true) {} } catch (e) {} }",
        "/(a+)+$/.test('a'.repeat(40) + '!')",
        "new Array(4294967295).join('x')",  # from here on: loops of the engine itself, which never look at the time
        "new Array(2**31).sort()",
        "var a = []; a.length = 2**32 - 1; a.reverse()",
        "Array.prototype.copyWithin.call({length: 2**53 - 1, 0: 1}, 1, 0)",
        "String.raw({raw: {length: 2**53 - 1}})",
        "Object.prototype.toJSON = function () { while (true) {} }; ({})",
        "throw {toString() { while (true) {} }}",
        "execution.setVariable('x', new Proxy({}, {ownKeys() { while (true) {} }}))",
    ],
)
def test_time(run, source):
    begin = time.monotonic()
    assert run(source, **FAST).failure == "it ran longer than 0.3 s (the setting SCRIPT_TIME_LIMIT)."
    assert time.monotonic() - begin < 10
    assert run("1").result == 1


@pytest.mark.parametrize(
    "source",
    [
        "var a = []; for (;;) a.push('x'.repeat(1e6) + a.length)",
        "'x'.repeat(2**29)",
        "Array.from({length: 1e9})",
        "new Uint8Array(2**26)",
        "var o = {}; for (;;) o = {o: o}",
        "'a'.repeat(2e7)",
        "for (var i = 0; ; i++) execution.setVariable('z' + i, 'x'.repeat(1e4) + i)",
        "for (;;) print('x'.repeat(1e6))",
    ],
)
def test_memory(run, source):
    failure = run(source, seconds=5, memory=FAST["memory"]).failure
    assert "memory" in failure.lower() or "SCRIPT_TIME_LIMIT" in failure
    assert run("1").result == 1


@pytest.mark.parametrize(
    "source",
    [
        "function f() { f() } f()",
        "eval('('.repeat(1e5))",
        "JSON.parse('['.repeat(1e6))",
        "var p = {}; for (var i = 0; i < 2e4; i++) p = new Proxy(p, {}); p.x",
        "Object.defineProperty(this, 'x', {get() { return this.x }}); x",
    ],
)
def test_stack(run, source):
    assert "SCRIPT_STACK_LIMIT" in run(source).failure


@pytest.mark.parametrize(
    "source",
    [
        "Function('return this')() === globalThis && typeof process + typeof require + typeof std + typeof os + typeof Deno",
        "execution.getVariable.constructor('return typeof process + typeof require + typeof std + typeof os + typeof Deno')()",
        "this.constructor.constructor('return typeof process + typeof require + typeof std + typeof os + typeof Deno')()",
    ],
)
def test_the_global_object_leads_nowhere(run, source):
    assert run(source).result == "undefined" * 5


def test_nothing_can_be_imported(run):
    outcome = run("import('os').then(m => { found = m }, e => { found = e }); typeof found")
    assert outcome.result == "undefined"


def test_nothing_stays_for_the_next_script(run):
    run("Array.prototype.map = null; JSON.stringify = null; leak = 1; Object.prototype.leak = 2")
    assert run("typeof leak + typeof [].map + JSON.stringify({a: 1})").result == 'undefinedfunction{"a":1}'


@pytest.mark.parametrize(
    "source",
    [
        "Array.prototype.push = function () {}; 1.5",
        "WeakMap.prototype.has = () => true; throw {}",
        "WeakMap.prototype.get = () => ({code: {}, message: 5}); WeakMap.prototype.has = () => true; throw {}",
        "Map.prototype.get = function () { return {value: this} }; execution.getVariable('a')",
        "Array.prototype.push = function (e) { this[0] = [1, 2]; return 1 }; execution.setVariable('x', 1)",
        "Array.prototype.push = function (e) { this[0] = ['a', 'b', [{n: -7}, {ref: 99}]]; return 1 }; execution.setVariable('x', 1)",
        "throw Object.create(null)",
        "throw {get stack() { throw 1 }}",
        "throw Symbol('x')",
    ],
)
def test_a_script_that_tampers_with_the_prelude_gets_an_outcome_too(run, source):
    run(source, {"a": 1})
    assert run("1").result == 1


def test_prototypes_are_names_like_others(changes):
    assert changes("execution.setVariable('__proto__', 1); execution.setVariable('constructor', 2)") == [
        ("execution", "setVariable", "__proto__", 1),
        ("execution", "setVariable", "constructor", 2),
    ]


def test_too_many_changes(run):
    source = "for (var i = 0; i < 10001; i++) execution.setVariable('x', true)"
    assert run(source).failure == "it makes more than 10000 changes."


def test_too_large_variables(run):
    failure = run("1", {"text": "x" * 2**20}, memory=2**20).failure
    assert failure == "its variables are larger than the memory limit of 1 MiB."
