"""Node.js for tests that drive the stock JavaScript worker client: the fixtures `node` and `node_environment`."""

import os
from pathlib import Path

import pytest

from scripts.front_end import node_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def node() -> str:
    """The path of the node program, the system's or the one from the wheel."""
    folder = node_folder()
    assert folder is not None, "There is no Node.js: run `make test`, which brings it along."
    return str(folder / "node")


@pytest.fixture(scope="session")
def node_environment() -> dict[str, str]:
    """An environment in which `require("camunda-external-task-client-js")` finds the package from anywhere."""
    return {**os.environ, "NODE_PATH": str(ROOT / "node_modules")}
