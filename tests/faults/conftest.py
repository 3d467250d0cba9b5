"""Runs executed in this process on little data, to be disturbed in the middle."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from digits.dataset import Mnist
from model_store.records import Run, State, StoredProgress
from tests.support.disk import Hog, mounted_disk
from tests.support.workbench import STEPS, Workbench
from trainer import retry, run_executor


@pytest.fixture(autouse=True)
def little_data(small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    monkeypatch.setattr(retry, "SECONDS_BETWEEN_TRIES", 0.05)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a real disk of 4 MB."""
    with mounted_disk(tmp_path / "disk", 4) as folder:
        yield folder


@pytest.fixture
def hog(small_disk: Path) -> Iterator[Hog]:
    hog = Hog(small_disk)
    yield hog
    hog.end()


@pytest.fixture(scope="session")
def undisturbed(
    small_mnist: Mnist, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, StoredProgress]:
    """Return how the run ends when nothing happens to it, and all that it reported."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_executor, "dataset", lambda _: small_mnist)
        with closing(Workbench(folder / "store.db", folder / "artifacts")) as bench:
            run = bench.carry_out(bench.new_run())
            return run, bench.store.progress.since(run.id)


@pytest.fixture
def assert_as_undisturbed(undisturbed) -> Callable[[Workbench, Run], None]:
    """Hold a finished run against one to which nothing happened."""
    expected, reported = undisturbed

    def compare(bench: Workbench, run: Run) -> None:
        assert run.state == State.FINISHED, run.failure
        assert run.step == STEPS
        assert run.test == expected.test
        points = bench.store.progress.since(run.id).points
        np.testing.assert_array_equal(points.steps, reported.points.steps)
        np.testing.assert_array_equal(points["loss"], reported.points["loss"])
        assert [epoch.loss for epoch in bench.store.progress.epochs(run.id)] == [
            epoch.loss for epoch in reported.epochs
        ]

    return compare
