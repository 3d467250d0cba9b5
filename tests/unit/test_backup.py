"""A backup taken in the middle of a run, restored, and the run carried out to its end."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digits.dataset import Mnist
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store, open_store
from scripts.backup import back_up
from trainer import carrying
from trainer.place import Place, place_from_environment

ROOT = Path(__file__).parents[2]
# So small a batch that the program that makes the backup has started before the run has ended.
SETTINGS = TrainingSettings(hidden_layers=(16,), epochs=50, batch_size=4)


@pytest.fixture
def place(tmp_path: Path, small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(carrying, "dataset", lambda folder: small_mnist)
    return place_in(tmp_path / "data", monkeypatch)


def place_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("DATA_FOLDER", str(folder))
    return place_from_environment()


def store_in(place: Place) -> Store:
    return open_store(place.database_url, place.artifacts_url)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with store_in(place) as store:
        yield store


def test_a_run_goes_on_from_a_backup(place, store, tmp_path, monkeypatch) -> None:
    earlier = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "earlier")
    carrying.carry_out_next("earlier", place)
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "run")
    working = threading.Thread(target=carrying.carry_out_next, args=("ticket", place))
    working.start()
    while (store.runs.get(run.id) or run).step < 500:
        time.sleep(0.005)
    (place.mnist_folder.parent / "cookie_secret").write_text("secret")
    program = [sys.executable, "-m", "scripts.backup", tmp_path / "backup"]
    subprocess.run(program, cwd=ROOT, env=os.environ, check=True, timeout=60)
    working.join()
    original = store.runs.get(run.id)
    assert original
    assert original.state == State.FINISHED

    restored_place = place_in(tmp_path / "backup", monkeypatch)
    with store_in(restored_place) as restored:
        half = restored.runs.get(run.id)
        assert half
        assert half.state == State.RUNNING
        assert 0 < half.step < half.total_steps
        reference = half.artifacts["checkpoint.npz"]
        assert restored.artifacts.load(run.id, reference), "its checkpoint came along"
        assert restored.runs.get(earlier.id) == store.runs.get(earlier.id)
        assert (tmp_path / "backup" / "cookie_secret").read_text() == "secret"
        carrying.carry_out_next("ticket", restored_place)
        finished = restored.runs.get(run.id)
        assert finished
        assert finished.state == State.FINISHED
        assert finished.test == original.test
        both = [each.progress.since(run.id).points.losses for each in (store, restored)]
        assert both[0].tolist() == both[1].tolist()


def test_a_backup_never_overwrites_another(place, tmp_path) -> None:
    store_in(place).close()
    back_up(place, tmp_path / "backup")
    with pytest.raises(FileExistsError):
        back_up(place, tmp_path / "backup")


def test_a_store_that_is_elsewhere_is_said(place, tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected the database .*playground\.db"):
        back_up(place, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
