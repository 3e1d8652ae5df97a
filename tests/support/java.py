"""Java for tests that drive the stock Java worker client: the fixture `java_worker`, which builds it once for all runs.

Maven takes the client from Maven Central; where Java, Maven or the network is missing, these tests are skipped and say so.
"""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1] / "acceptance" / "java"
MINUTES = 8


@pytest.fixture(scope="session")
def java_worker() -> list[str]:
    """The command that runs the worker."""
    java, maven = shutil.which("java"), shutil.which("mvn")
    if java is None or maven is None:
        pytest.skip("NO JAVA: install a JDK (17 or newer) and Maven to test the stock Java client.")
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"workflow-engine-stock-java-{digest.hexdigest()[:16]}"
    folder.mkdir(exist_ok=True)
    # The workers of pytest-xdist build it once.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "built").exists():
            _build(maven, folder)
    return [
        java,
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{folder}/stock-worker-1.jar:{folder}/lib/*",
        "StockWorker",
    ]


def _build(maven: str, folder: Path) -> None:
    command = [maven, "-q", "-B", "-f", str(PROJECT / "pom.xml"), f"-Dbuild.folder={folder}", "package"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES * 60, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        pytest.skip(f"NO JAVA CLIENT: Maven did not finish within {MINUTES} minutes.")
    if done.returncode:
        text = done.stdout + done.stderr
        if "COMPILATION ERROR" in text:
            pytest.fail(text[-3000:])
        pytest.skip(f"NO JAVA CLIENT: Maven could not fetch it: {text.strip()[-300:]}")
    (folder / "built").touch()
