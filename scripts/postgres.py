"""PostgreSQL on this machine: where it is installed, its files, and how a server starts on them.

Not by pytest-postgresql, in tests neither: its `pg_ctl` refuses to run as root, as all does in a
container.
"""

import getpass
import os
import shutil
import subprocess
from pathlib import Path

USER = "playground"
DEBIAN_ACCOUNT = "postgres"


class CannotMakeFiles(RuntimeError):
    """PostgreSQL cannot keep its files in a folder; the message says why."""


def programs() -> Path | None:
    """The folder with PostgreSQL's own programs; None where it is not installed."""
    on_path = shutil.which("postgres")
    installed = [Path(on_path)] if on_path else Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: path.parts, default=None)
    return newest.resolve().parent if newest else None


def account() -> str:
    """Whom a server runs as: never root, which it refuses."""
    return DEBIAN_ACCOUNT if os.geteuid() == 0 else getpass.getuser()


def make_files(folder: Path) -> None:
    """Make the files of a server in a folder, unless they are there.

    Raises:
        CannotMakeFiles: its account cannot, for example because it cannot enter the folder.
    """
    if (folder / "PG_VERSION").exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    as_root = os.geteuid() == 0
    if as_root:
        shutil.chown(folder, DEBIAN_ACCOUNT, DEBIAN_ACCOUNT)
    done = subprocess.run(
        [f"{programs()}/initdb", "-D", folder, "-U", USER, "--auth=trust", "--encoding=UTF8"],
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        user=DEBIAN_ACCOUNT if as_root else None,
        group=DEBIAN_ACCOUNT if as_root else None,
        extra_groups=[] if as_root else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(folder)
        raise CannotMakeFiles(
            f"PostgreSQL could not make its files in {folder}: {done.stderr.strip()}"
        )


def command(folder: Path, port: int) -> list[str]:
    """What starts a server on its files, for this machine alone."""
    return [
        *(f"{programs()}/postgres", "-D", str(folder), f"--port={port}"),
        *("--listen_addresses=127.0.0.1", "--unix_socket_directories=", "--max_connections=200"),
    ]
