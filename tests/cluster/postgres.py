"""A real PostgreSQL server on loopback, for tests: started, killed and started again at will."""

import os
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

from scripts.ports import free_port
from scripts.postgres import DEBIAN_ACCOUNT, USER, command, make_files
from tests.cluster.processes import kill_all

SECONDS_TO_START = 60


class Postgres:
    """One server with a data directory of its own, which goes with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        self._folder.chmod(0o755)  # its account must be able to enter
        self._server: subprocess.Popen[bytes] | None = None
        make_files(self._folder / "data")

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        account = DEBIAN_ACCOUNT if os.geteuid() == 0 else None
        # What a killed process has written the system keeps all the same.
        options = [*command(self._folder / "data", self.port), "--fsync=off"]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                options,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=account,
                group=account,
                extra_groups=[] if account else None,
                start_new_session=True,
            )
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
        kill_all(psutil.Process(self._server.pid))
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
        """What the server has said so far."""
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
