"""Weights that are cut short on the disk: pages say so, and the run can be trained again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from model_store.artifacts import ArtifactMissing
from model_store.records import LabelledDrawing, PlannedFineTuning, Run, State
from tests.support.workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with closing(Workbench(tmp_path / "store.db", tmp_path / "artifacts")) as bench:
        yield bench


def cut_short(bench: Workbench, run: Run) -> None:
    """Leave of the run's weights only the first half."""
    reference = run.artifacts["checkpoint.npz"]
    path = Path(bench.config.artifacts_url) / run.id / reference
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ArtifactMissing, match="is damaged"):
        bench.store.artifacts.load(run.id, reference)


def test_a_run_starts_over_without_its_checkpoint(bench, assert_as_undisturbed) -> None:
    run_id = bench.new_run()

    def disturb() -> None:
        bench.store.runs.request_stop(run_id, "ann", "pause")

    paused = bench.carry_out(run_id, 300, disturb)
    assert paused.state == State.PAUSED
    cut_short(bench, paused)
    assert_as_undisturbed(bench, bench.go_on(run_id))


def test_a_damaged_network_cannot_be_taught(bench) -> None:
    run = bench.carry_out(bench.new_run())
    cut_short(bench, run)
    bench.store.corrections.add("ann", LabelledDrawing(bytes(784), 7))
    taught = bench.store.runs.create("ann", run.settings, "taught", PlannedFineTuning(run.id))
    failed = bench.carry_out(taught.id)
    assert failed.state == State.FAILED
    assert "is damaged" in failed.failure
    assert bench.found(run.id) == run
