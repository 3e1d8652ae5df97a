"""What the engine's own code must never do: run text as code, revive objects, trust markup, or open connections to others."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "workflow_engine"
FILES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(ROOT.rglob("*.html"))

pytestmark = pytest.mark.one_database

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "mark_safe", "format_html_join", "breakpoint"}
FORBIDDEN_MODULES = {
    "pickle", "marshal", "shelve", "yaml", "ctypes", "ftplib", "smtplib", "telnetlib", "requests", "aiohttp", "xmlrpc", "webbrowser",
}  # fmt: skip
# module -> the only folders and files that need it, and what for.
ONLY_THERE = {
    "subprocess": {"scripting/process.py"},  # the sandbox of scripts is a process of its own
    "http": {"client/transport.py"},  # the worker client asks the engine
    "httpx": {"client/transport.py"},
    "urllib.request": set(),
}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_nothing_is_run_or_revived() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text())
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & FORBIDDEN_CALLS, path
        for module in imported(tree):
            assert module.partition(".")[0] not in FORBIDDEN_MODULES, (path, module)


def test_only_few_places_open_processes_or_connections() -> None:
    for path in FILES:
        where = str(path.relative_to(ROOT))
        for module in imported(ast.parse(path.read_text())):
            for name, places in ONLY_THERE.items():
                if module == name or module.startswith(f"{name}."):
                    assert where in places, (where, module)


def test_an_address_is_opened_by_the_client_only() -> None:
    """`socket` is for the host's name elsewhere."""
    for path in FILES:
        if path.is_relative_to(ROOT / "client"):
            continue
        used = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "socket"
        }
        assert not used & {"create_connection", "create_server", "getaddrinfo"}, path


def test_templates_escape_everything() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        text = path.read_text()
        for bad in ("|safe", "autoescape off", "<script>", "javascript:", "onclick=", "http://", "https://"):
            assert bad not in text, (path, bad)
