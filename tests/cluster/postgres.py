"""A real PostgreSQL server on loopback, for tests: started, killed and started again at will."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psutil
import psycopg

from scripts.cluster import free_port

USER = "playground"
SECONDS_TO_START = 60


class Postgres:
    """One server with a data directory of its own, which goes with it.

    Args:
        programs: the folder with `initdb` and `postgres`.
    """

    def __init__(self, programs: Path) -> None:
        self.port = free_port()
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._account:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._server: subprocess.Popen[bytes] | None = None
        self._run("initdb", f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--no-sync")

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",  # what a killed process has written the system keeps all the same
            "max_connections": 200,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._server = self._popen("postgres", *options)
        until = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if time.monotonic() > until or self._server.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server without waiting for those who are connected."""
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(30)
            self._server = None

    def kill(self) -> None:
        """Kill every process of the server at once, as a crash of its machine would."""
        assert self._server is not None, "it is not running"
        processes = [psutil.Process(self._server.pid)]
        processes += processes[0].children(recursive=True)
        for process in processes:
            process.kill()
        psutil.wait_procs(processes[1:], 30)
        self._server.wait(30)
        self._server = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Stop every process of the server for a while: it takes packets and answers none."""
        assert self._server is not None, "it is not running"
        first = psutil.Process(self._server.pid)
        first.suspend()  # from here on it starts no others
        processes = [first, *first.children(recursive=True)]
        try:
            for process in processes[1:]:
                process.suspend()
            yield
        finally:
            for process in reversed(processes):
                process.resume()

    def new_database(self) -> str:
        """Make an empty database; returns its URL as SQLAlchemy writes it."""
        name = f"test_{token_hex(4)}"
        with self._connect() as connection:
            connection.execute(f"create database {name}".encode())
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def remove(self) -> None:
        """Stop the server and delete all that it kept."""
        self.stop()
        shutil.rmtree(self._folder)

    def log(self) -> str:
        """What the server and its programs have said so far."""
        return (self._folder / "log").read_text()

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True
        )

    def _run(self, program: str, *options: str) -> None:
        if self._popen(program, *options).wait(SECONDS_TO_START):
            raise RuntimeError(f"{program} failed:\n{self.log()}")

    def _popen(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, "-D", self._folder / "data", *options],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )
