"""The files for putting the demo somewhere, as far as they can be tested without an engine."""

import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from distributed.cli.dask_scheduler import main as dask_scheduler
from distributed.cli.dask_worker import main as dask_worker

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
READ_BY = ["trainer/place.py", "ui/visitors.py"]


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


def test_variables_that_are_set_are_read() -> None:
    sources = "".join((ROOT / name).read_text() for name in READ_BY)
    web = kubernetes("Deployment")["spec"]["template"]["spec"]["containers"][0]
    compose = documents("compose.yaml")[0]
    in_secret = re.findall(r"--from-literal=(\w+)=", (DEPLOY / "kubernetes.yaml").read_text())
    named = [*compose["x-app"]["environment"], *(each["name"] for each in web["env"]), *in_secret]
    assert len(named) >= 7
    for name in named:
        assert f'"{name}"' in sources, name


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
    rooms = {"digits", "model_store", "pages", "ready_made", "trainer", "ui"}
    assert rooms | {"app.py", ".streamlit"} <= set(sources)
    assert "DASK_CONFIG=/app/trainer/dask.yaml" in "".join(lines)
    assert (ROOT / "trainer" / "dask.yaml").exists()


def test_nginx_is_given_all_that_its_template_asks_for() -> None:
    given = documents("compose.yaml")[0]["services"]["nginx"]["environment"]
    template = Template((DEPLOY / "nginx.conf.template").read_text())
    assert "${" not in template.safe_substitute(given)
    webs = {name for name in documents("compose.yaml")[0]["services"] if name.startswith("web")}
    assert set(re.findall(r"server (web-\d):8501", given["WEB_SERVERS"])) == webs
