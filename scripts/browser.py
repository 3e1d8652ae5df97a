"""Finds the Chromium that the browser tests drive, and installs Debian's where that is allowed."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = """\
************************************************************************
*  NO BROWSER: there is no Chromium and none could be installed.       *
*  The tests in tests/browser are SKIPPED. Install Chromium, or name   *
*  its program in the variable CHROMIUM.                               *
************************************************************************"""


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure_browser() -> bool:
    """Whether there is a browser, after an attempt to install one."""
    if chromium_path() is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("No Chromium here: installing Debian's.", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]):
            done = subprocess.run(
                ["apt-get", "-qq", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            if done.returncode:
                print(done.stdout[-2000:], flush=True)
                break
    return chromium_path() is not None
