"""The files for putting the demo somewhere, as far as they can be tested without an engine."""

import asyncio
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatchcase
from ipaddress import ip_network
from pathlib import Path
from string import Template
from typing import Any

import kubernetes_validate
import pytest
import yaml  # type: ignore[import-untyped]
from distributed.cli.dask_scheduler import main as dask_scheduler
from distributed.cli.dask_worker import main as dask_worker
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.environment import VARIABLES
from tests.unit.test_architecture import ROOMS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = "1.37"


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def kubernetes(kind: str) -> Any:
    (found,) = [each for each in documents("kubernetes.yaml") if each["kind"] == kind]
    return found


def worker_commands() -> dict[str, list[str]]:
    dask = kubernetes("DaskCluster")["spec"]
    return {
        "compose": documents("compose.yaml")[0]["services"]["worker"]["command"],
        "gpu": documents("compose.gpu.yaml")[0]["services"]["worker"]["command"],
        "kubernetes": dask["worker"]["spec"]["containers"][0]["args"],
    }


@pytest.mark.parametrize("where", ["compose", "gpu", "kubernetes"])
def test_workers_have_a_thread_more_than_trainers(where: str) -> None:
    command = worker_commands()[where]
    assert command[:4] == ["python", "-m", "dask", "worker"]
    options = dask_worker.make_context("worker", command[4:]).params
    trainers = int(options["resources"].removeprefix("trainer="))
    assert options["nthreads"] == trainers + 1
    assert options["memory_limit"] == "0"
    assert options["n_workers"] == "1"


def test_schedulers_are_started_as_dask_wants_it() -> None:
    dask = kubernetes("DaskCluster")["spec"]["scheduler"]["spec"]["containers"][0]["args"]
    for command in (documents("compose.yaml")[0]["services"]["scheduler"]["command"], dask):
        assert command[:4] == ["python", "-m", "dask", "scheduler"]
        dask_scheduler.make_context("scheduler", command[4:])


@pytest.mark.parametrize("kind", ["Deployment", "Service", "Ingress"])
def test_kubernetes_knows_every_field(kind: str) -> None:
    manifest = kubernetes(kind)
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**manifest, "spec": {**manifest["spec"], "replica": 2}}, KUBERNETES, strict=True
        )


def test_variables_that_are_set_are_read() -> None:
    web = kubernetes("Deployment")["spec"]["template"]["spec"]["containers"][0]
    compose = documents("compose.yaml")[0]
    in_secret = re.findall(r"--from-literal=(\w+)=", (DEPLOY / "kubernetes.yaml").read_text())
    named = [*compose["x-web"]["environment"], *(each["name"] for each in web["env"]), *in_secret]
    assert len(named) >= 7
    assert set(named) <= set(VARIABLES)


def client_behind_nginx(forwarded: bytes) -> str:
    """Whose address a web replica of compose.yaml sees, when nginx says that it forwards."""
    compose = documents("compose.yaml")[0]
    (network,) = compose["networks"]["default"]["ipam"]["config"]
    nginx = str(ip_network(network["subnet"])[5])
    seen: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope["client"][0])

    trusted = compose["services"]["web-1"]["environment"]["FORWARDED_ALLOW_IPS"]
    headers = [(b"x-forwarded-for", forwarded)]
    scope = {"type": "http", "client": (nginx, 1), "headers": headers}
    middleware: Any = ProxyHeadersMiddleware(app, trusted)
    asyncio.run(middleware(scope, None, None))
    return seen[0]


def test_behind_nginx_each_visitor_has_an_address_of_their_own() -> None:
    assert client_behind_nginx(b"203.0.113.7") == "203.0.113.7"
    assert client_behind_nginx(b"10.0.0.4") == "10.0.0.4"
    assert client_behind_nginx(b"198.51.100.1, 203.0.113.7") == "203.0.113.7", "claimed"
    environments = [
        documents("compose.yaml")[0]["services"][name]["environment"] for name in ("web-1", "web-2")
    ]
    assert environments[0] == environments[1]
    assert set(environments[0]) > set(documents("compose.yaml")[0]["x-app"]["environment"])


SECRETS = [
    ".streamlit/secrets.toml",
    ".env",
    ".env.production",
    "deploy/.env",
    "deploy/tls/server.key",
    "ca.crt",
    "client.pem",
    "playground.db",
    "elsewhere/store.db-wal",
    "data/cookie_secret",
    "data/artifacts/run/weights.npz",
]
PROGRAM = [
    ".streamlit/config.toml",
    "app.py",
    "shipped/ready_made/record.json",
    "shipped/detector.npz",
]


def test_git_ignores_secrets_and_stores(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed here")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    subprocess.run([git, "init", "--quiet"], cwd=tmp_path, check=True)
    asked = [*SECRETS, *PROGRAM, ".venv-3.12/bin/python"]
    done = subprocess.run(
        [git, "-c", "core.excludesFile=/dev/null", "check-ignore", *asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [*SECRETS, ".venv-3.12/bin/python"]


def is_left_out(path: str) -> bool:
    """Whether .dockerignore names a file or a folder that it is in; `**/` is at any depth."""
    parts = Path(path).parts
    for pattern in (ROOT / ".dockerignore").read_text().splitlines():
        name = pattern.removeprefix("**/")
        places = parts if pattern.startswith("**/") else parts[:1]
        if not pattern.startswith("#") and any(fnmatchcase(part, name) for part in places):
            return True
    return False


def test_no_secret_and_no_store_gets_into_the_image() -> None:
    assert [path for path in SECRETS if not is_left_out(path)] == []
    assert [path for path in PROGRAM if is_left_out(path)] == []


def test_selectors_find_what_they_select() -> None:
    labels = kubernetes("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert kubernetes("Service")["spec"]["selector"] == labels
    assert kubernetes("Deployment")["spec"]["selector"]["matchLabels"] == labels
    path = kubernetes("Ingress")["spec"]["rules"][0]["http"]["paths"][0]
    assert path["backend"]["service"]["name"] == kubernetes("Service")["metadata"]["name"]


def test_the_image_copies_all_that_the_app_consists_of() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [shlex.split(line)[1:-1] for line in lines if line.startswith("COPY")]
    sources = [source for sources in copied for source in sources]
    for source in sources:
        assert list(ROOT.glob(source)), source
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert not set(sources) & set(ignored)
    rooms = {*ROOMS, "shipped"}
    assert rooms | {"app.py", ".streamlit"} <= set(sources)
    assert "DASK_CONFIG=/app/trainer/dask.yaml" in "".join(lines)
    assert (ROOT / "trainer" / "dask.yaml").exists()


def test_nginx_is_given_all_that_its_template_asks_for() -> None:
    given = documents("compose.yaml")[0]["services"]["nginx"]["environment"]
    template = Template((DEPLOY / "nginx.conf.template").read_text())
    assert "${" not in template.safe_substitute(given)
    webs = {name for name in documents("compose.yaml")[0]["services"] if name.startswith("web")}
    assert set(re.findall(r"server (web-\d):8501", given["WEB_SERVERS"])) == webs
