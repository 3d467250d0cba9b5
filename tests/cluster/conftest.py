"""The whole demo as on several machines: PostgreSQL, nginx, scheduler, two workers, two webs."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.cluster import Cluster, missing, running
from scripts.ports import free_port
from tests.browser.conftest import chromium
from tests.cluster.certificates import tls_environment

__all__ = ["chromium"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/cluster" in str(item.path):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Start it, with TLS between scheduler, workers and webs, and start again what dies."""
    if "cluster" not in request.config.option.markexpr:
        pytest.skip("takes minutes: make test-cluster runs it")
    lacking = missing()
    if lacking:
        pytest.skip(f"{' and '.join(lacking)} not installed here: make test-cluster installs it")
    # Not pytest's own folder, which PostgreSQL's account cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="cluster-", dir="/tmp"))
    folder.chmod(0o755)
    with running(Cluster(folder, free_port(), tls_environment(folder), "tls")) as cluster:
        yield cluster
        if request.session.testsfailed:
            for log in cluster.logs.iterdir():
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
    shutil.rmtree(folder)
