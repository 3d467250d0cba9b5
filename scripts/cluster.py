"""The whole demo as it runs on several machines, as plain processes on this one: `make cluster`.

    python -m scripts.cluster [--port 8501] [--data data/cluster]

PostgreSQL, a Dask scheduler, two workers, two web replicas, and nginx in front of them. Whatever
dies is started again; Ctrl+C or SIGTERM ends all of it, and what it kept is there the next time.
"""

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from string import Template
from threading import Event

import psutil
import psycopg

from scripts.debian import install

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nginx", "postgresql")
ACCOUNT = "playground"
REPLICAS = WORKERS = 2
SECONDS_TO_START = 120
SECONDS_TO_END = 10

NGINX = """
daemon off;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class CannotStart(RuntimeError):
    """Something that the cluster needs is missing; the message says what to do."""


class Service:
    """One process of the cluster, which can be ended, killed and started again.

    Args:
        name: what it is called in messages, and its log file.
        command: what is executed.
        answers: whether it can be used now; called until it says so.
        folder: where its log goes.
        environment: set for it, on top of this process' own.
        account: the user that it runs as, where that matters.
        end_by: the signal that makes it end in good order.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        answers: Callable[[], bool],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        account: str | None = None,
        end_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = command
        self._answers = answers
        self._environment = {**os.environ, **(environment or {})}
        self._account = account
        self._end_by = end_by
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; `wait` says when it can be used."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                user=self._account,
                group=self._account,
                extra_groups=[] if self._account else None,
                start_new_session=True,  # Ctrl+C is for the supervisor, which ends all in order
            )

    def wait(self) -> None:
        """Wait until it can be used.

        Raises:
            CannotStart: it ended, or needs too long.
        """
        until = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if not self.runs or time.monotonic() > until:
                raise CannotStart(f"{self.name} did not start. It says:\n{self._last_words()}")
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill every process of it at once, as a crash of its machine would."""
        if self.process is None or not self.runs:
            return
        first = psutil.Process(self.process.pid)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def ask_to_end(self) -> None:
        """Send the signal; `wait_for_end` waits."""
        if self.process is not None and self.runs:
            self.process.send_signal(self._end_by)

    def wait_for_end(self, until: float) -> None:
        """Wait for its end until that time of the monotonic clock, then kill what is left."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{self.name} did not end within {SECONDS_TO_END} s and is killed")
            self.kill()

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]


class Cluster:
    """All services, started in the order in which they need each other.

    Args:
        data: the folder that keeps everything.
        port: where visitors come to.
        environment: set for all services, such as Dask's settings for TLS.
        protocol: how workers and scheduler talk, `tcp` or `tls`.

    Attributes:
        address: where visitors come to.
        web_addresses: the same of each replica, for who wants to pass by nginx.
        scheduler, database_url, artifacts_url: what the services are told.
        services: by name: postgres, scheduler, worker-1, worker-2, web-1, web-2, nginx.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        environment: Mapping[str, str] | None = None,
        protocol: str = "tcp",
    ) -> None:
        self.address = f"http://localhost:{port}"
        self.data = data.resolve()
        self._logs = self.data / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        images = self.data / "mnist"
        if not images.exists():
            images.symlink_to(ROOT / "data" / "mnist")
        ports = {name: free_port() for name in ("postgres", "scheduler", "web-1", "web-2")}
        self.database_url = f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{ports['postgres']}/postgres"
        self.artifacts_url = str(self.data / "artifacts")
        self.scheduler = f"{protocol}://127.0.0.1:{ports['scheduler']}"
        self._environment = {
            "DASK_CONFIG": str(ROOT / "trainer" / "dask.yaml"),
            "DATA_FOLDER": str(self.data),
            "DATABASE_URL": self.database_url,
            "ARTIFACTS_URL": self.artifacts_url,
            "DASK_SCHEDULER_ADDRESS": self.scheduler,
            **(environment or {}),
        }
        webs = [ports[f"web-{number}"] for number in range(1, REPLICAS + 1)]
        self.web_addresses = [f"http://localhost:{web}" for web in webs]
        services = [
            self._postgres(ports["postgres"]),
            self._scheduler(protocol, ports["scheduler"]),
            *(self._worker(number) for number in range(1, WORKERS + 1)),
            *(self._web(number, port) for number, port in enumerate(webs, 1)),
            self._nginx(port, webs),
        ]
        self.services = {service.name: service for service in services}

    def start(self) -> None:
        """Start everything; returns when pages can be opened."""
        for service in self.services.values():
            service.start()
            service.wait()

    def mend(self) -> list[str]:
        """Start again what has died; returns the names."""
        dead = [service for service in self.services.values() if not service.runs]
        for service in dead:
            service.start()
        return [service.name for service in dead]

    def close(self) -> None:
        """End everything: first what serves visitors and trains, then what that needs."""
        first = [name for name in self.services if name.startswith(("nginx", "web", "worker"))]
        for names in (first, ["scheduler"], ["postgres"]):
            for name in names:
                self.services[name].ask_to_end()
            until = time.monotonic() + SECONDS_TO_END
            for name in names:
                self.services[name].wait_for_end(until)

    def _postgres(self, port: int) -> Service:
        programs = postgres_programs()
        folder = self.data / "postgres"
        # PostgreSQL refuses to run as root; Debian's package makes an account for it.
        account = "postgres" if os.geteuid() == 0 else None
        if not (folder / "PG_VERSION").exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            if account:
                user = pwd.getpwnam(account)
                os.chown(folder, user.pw_uid, user.pw_gid)
            command = [f"{programs}/initdb", "-D", str(folder), "-U", ACCOUNT, "--auth=trust"]
            done = subprocess.run(
                [*command, "--encoding=UTF8", "--locale=C.UTF-8"],
                cwd="/",
                user=account,
                group=account,
                extra_groups=[] if account else None,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                shutil.rmtree(folder)
                raise CannotStart(
                    f"PostgreSQL could not make its files in {folder}: {done.stderr.strip()}\n"
                    "Its account must be able to enter that folder. "
                    "Name another one: make cluster CLUSTER_DATA=/var/tmp/playground"
                )
        options = [
            f"--port={port}",
            "--listen_addresses=127.0.0.1",
            "--unix_socket_directories=",
            "--max_connections=200",
        ]
        return Service(
            "postgres",
            [f"{programs}/postgres", "-D", str(folder), *options],
            self._database_answers,
            self._logs,
            account=account,
            end_by=signal.SIGINT,
        )

    def _scheduler(self, protocol: str, port: int) -> Service:
        command = ["scheduler", "--host", self.scheduler, "--port", str(port), "--no-dashboard"]
        return Service(
            "scheduler",
            [sys.executable, "-m", "dask", *command],
            lambda: answers(port),
            self._logs,
            self._environment,
        )

    def _worker(self, number: int) -> Service:
        """As deploy/README.md has it: one trainer each, for they share this machine's cores."""
        command = [
            *("worker", self.scheduler, "--name", f"worker-{number}", "--no-dashboard"),
            *("--nworkers", "1", "--nthreads", "2", "--resources", "trainer=1"),
            *("--memory-limit", "0"),
            *("--local-directory", str(self.data / "dask")),
        ]
        return Service(
            f"worker-{number}",
            [sys.executable, "-m", "dask", *command],
            lambda: True,
            self._logs,
            self._environment,
        )

    def _web(self, number: int, port: int) -> Service:
        command = ["streamlit", "run", "app.py", "--server.port", str(port)]
        return Service(
            f"web-{number}",
            [sys.executable, "-m", *command, "--server.address", "127.0.0.1"],
            lambda: answers(port),
            self._logs,
            self._environment,
        )

    def _nginx(self, port: int, webs: list[int]) -> Service:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "missing() was asked before"
        folder = self.data / "nginx"
        folder.mkdir(exist_ok=True)
        servers = [f"server 127.0.0.1:{web} max_fails=1 fail_timeout=5s;" for web in webs]
        template = Template((ROOT / "deploy" / "nginx.conf.template").read_text())
        site = template.safe_substitute(WEB_SERVERS="\n    ".join(servers), LISTEN=str(port))
        (folder / "site.conf").write_text(site)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        return Service(
            "nginx",
            [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"],
            lambda: reachable(f"{self.address}/_stcore/health"),
            self._logs,
        )

    def _database_answers(self) -> bool:
        try:
            psycopg.connect(self.database_url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def missing() -> list[str]:
    """Debian's packages that the cluster needs and this machine lacks."""
    has_nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    has = {"nginx": bool(has_nginx), "postgresql": postgres_programs() is not None}
    return [package for package in PACKAGES if not has[package]]


def postgres_programs() -> Path | None:
    """The folder with PostgreSQL's own programs; None where it is not installed."""
    on_path = shutil.which("postgres")
    installed = [Path(on_path)] if on_path else Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: path.parts, default=None)
    return newest.resolve().parent if newest else None


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as caller:
        caller.settimeout(2)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def reachable(address: str) -> bool:
    """Whether a page can be read."""
    try:
        urllib.request.urlopen(address, timeout=2).read()
    except OSError:
        return False
    return True


def main() -> None:
    """Start everything, say where it is, and keep it going until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "cluster")
    parser.add_argument("--install", action="store_true", help="only install what is missing")
    options = parser.parse_args()
    lacking = missing()
    if lacking and options.install:
        print(f"The cluster needs {' and '.join(lacking)}: installing Debian's packages")
        install(*lacking)
        lacking = missing()
    if lacking:
        sys.exit(
            f"The cluster needs {' and '.join(lacking)}, which this machine lacks. "
            f"Install: sudo apt-get install {' '.join(lacking)}"
        )
    if options.install:
        return
    ended = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    try:
        cluster = Cluster(options.data, options.port)
    except CannotStart as error:
        sys.exit(str(error))
    try:
        for service in cluster.services.values():
            if ended.is_set():
                return
            print(f"Starting {service.name}", flush=True)
            service.start()
            service.wait()
        print(f"\nThe Digit Playground: {cluster.address}\nLogs: {cluster.data / 'logs'}\n")
        print("Ctrl+C ends it.", flush=True)
        while not ended.wait(1):
            for name in cluster.mend():
                print(f"{name} had died and is started again", flush=True)
    except CannotStart as error:
        sys.exit(str(error))
    finally:
        cluster.close()
        print("All has ended.")


if __name__ == "__main__":
    main()
