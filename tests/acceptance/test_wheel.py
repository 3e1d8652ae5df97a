"""The package that people install holds everything that the app needs at run time."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = "workflow_engine/static/workflow_engine/vendor/bpmn-js"
SWAGGER_UI = "workflow_engine/static/workflow_engine/vendor/swagger-ui"


@pytest.mark.one_database
def test_wheel_holds_what_the_app_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    # The bundle is ignored by git, so it would be the first thing to get lost.
    assert {f"{VENDOR}/LICENSE", f"{VENDOR}/bpmn-navigated-viewer.production.min.js"} <= names
    assert {f"{VENDOR}/assets/diagram-js.css", f"{VENDOR}/assets/bpmn-font/font/bpmn.woff2"} <= names
    assert {f"{SWAGGER_UI}/{name}" for name in ("LICENSE", "swagger-ui-bundle.js", "swagger-ui.css")} <= names
    assert "workflow_engine/py.typed" in names
    package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "workflow_engine").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package - names == set()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"workflow_engine"}
