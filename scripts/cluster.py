"""The whole demo as it runs on several machines, as plain processes on this one: `make cluster`.

    python -m scripts.cluster [--port 8501] [--data data/cluster]

PostgreSQL, a Dask scheduler, two workers, two web replicas, and nginx in front of them, under
Supervisor (`scripts/supervisord.conf`): whatever dies is started again; Ctrl+C or SIGTERM ends all
of it, and what it kept is there the next time.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template

from scripts import postgres
from scripts.debian import install
from scripts.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("nginx", "postgresql")
REPLICAS = 2
SECONDS_TO_START = 120

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
    """The cluster does not come up; the message says what to do."""


class Cluster:
    """All its processes, under Supervisor.

    Args:
        data: the folder that keeps everything.
        port: where visitors come to.
        environment: set for all processes, such as Dask's settings for TLS.
        protocol: how workers and scheduler talk, `tcp` or `tls`.

    Attributes:
        address: where visitors come to.
        web_addresses: the same of each replica, for who wants to pass by nginx.
        database_url, artifacts_url: what the processes are told.
        logs: the folder with a file for each.
        supervisor: the process above them all, once it is started.
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
        self.logs = self.data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        images = self.data / "mnist"
        if not images.exists():
            images.symlink_to(ROOT / "data" / "mnist")
        database_port, scheduler_port, *web_ports = (free_port() for _ in range(2 + REPLICAS))
        self.web_addresses = [f"http://localhost:{port}" for port in web_ports]
        self.database_url = (
            f"postgresql+psycopg://{postgres.USER}@127.0.0.1:{database_port}/postgres"
        )
        self.artifacts_url = str(self.data / "artifacts")
        self.supervisor: subprocess.Popen[bytes] | None = None
        self._make_database_files()
        _write_nginx_files(self.data / "nginx", port, web_ports)
        self._environment = {
            **os.environ,
            "DASK_CONFIG": str(ROOT / "trainer" / "dask.yaml"),
            "DATA_FOLDER": str(self.data),
            "DATABASE_URL": self.database_url,
            "ARTIFACTS_URL": self.artifacts_url,
            "DASK_SCHEDULER_ADDRESS": f"{protocol}://127.0.0.1:{scheduler_port}",
            **(environment or {}),
            # Of supervisord.conf alone.
            "CLUSTER": str(self.data),
            "PYTHON": sys.executable,
            "NGINX": str(nginx()),
            "POSTGRES": shlex.join(postgres.command(self.data / "postgres", database_port)),
            "POSTGRES_ACCOUNT": postgres.account(),
            "SCHEDULER_PORT": str(scheduler_port),
            **{f"WEB_{number}_PORT": str(port) for number, port in enumerate(web_ports, 1)},
        }

    def start(self) -> None:
        """Start everything; returns when pages can be opened.

        Raises:
            CannotStart: they cannot within two minutes.
        """
        file = ROOT / "scripts" / "supervisord.conf"
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "--configuration", file],
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,  # Ctrl+C is for this process, which tells it once
        )
        until = time.monotonic() + SECONDS_TO_START
        for address in (*self.web_addresses, self.address):
            while not reachable(f"{address}/_stcore/health"):
                if self.supervisor.poll() is not None or time.monotonic() > until:
                    raise CannotStart(
                        f"{address} should have answered within {SECONDS_TO_START} s and does not. "
                        f"The logs in {self.logs} say why."
                    )
                time.sleep(0.1)

    def close(self) -> None:
        """End everything: first what serves visitors and trains, then what that needs."""
        if self.supervisor:
            self.supervisor.terminate()
            self.supervisor.wait()

    def _make_database_files(self) -> None:
        try:
            postgres.make_files(self.data / "postgres")
        except postgres.CannotMakeFiles as error:
            raise CannotStart(
                f"{error}\nIts account, {postgres.account()}, must be able to enter that folder. "
                "Name another one: make cluster CLUSTER_DATA=/var/tmp/playground"
            ) from error


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """Start a cluster, and end it."""
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


def _write_nginx_files(folder: Path, port: int, web_ports: list[int]) -> None:
    folder.mkdir(exist_ok=True)
    servers = [f"server 127.0.0.1:{web} max_fails=1 fail_timeout=5s;" for web in web_ports]
    template = Template((ROOT / "deploy" / "nginx.conf.template").read_text())
    site = template.safe_substitute(WEB_SERVERS="\n    ".join(servers), LISTEN=str(port))
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))


def missing() -> list[str]:
    """Debian's packages that the cluster needs and this machine lacks."""
    has = {"nginx": nginx(), "postgresql": postgres.programs()}
    return [package for package in PACKAGES if not has[package]]


def nginx() -> str | None:
    """The program; None where it is not installed."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


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
    if not options.install:
        run(options.data, options.port)


def run(data: Path, port: int) -> None:
    """Run a cluster until Ctrl+C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running(Cluster(data, port)) as cluster:
            print(f"\nThe Digit Playground: {cluster.address}\nLogs: {cluster.logs}\n")
            print("Ctrl+C ends it.", flush=True)
            signal.pause()
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("All has ended.")


if __name__ == "__main__":
    main()
