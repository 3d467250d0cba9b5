"""What ARCHITECTURE.md says is to be touched for an addition is enough: tried in a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model_store.migrations import head
from model_store.store import open_store

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "digits", "model_store", "server", "trainer", "ui")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program, to be changed."""
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, tmp_path / "copy" / room, ignore=ignored)
    return tmp_path / "copy"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} does not say once: {old}"
    path.write_text(text.replace(old, new))


def run(copy: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


RATE_ROW = """LIVE_FIGURES = (
    LiveFigure(
        name="learning_rate",
        title="**Learning rate**",
        description="Learning rate of every batch.",
        curves=(Curve("learning_rate", "learning rate", "batches"),),
    ),"""
TRAINS = """
import numpy as np
from digits.charts import live_figure
from digits.dataset import Mnist
from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings
from digits.training import train
from model_store.records import Progress
from model_store.store import open_store
from trainer.downsampling import PointDownsampler
from ui.shared.run_updates import Cursor, points_of

dice = np.random.default_rng(0)
images, labels = dice.integers(0, 256, (200, 28, 28), np.uint8), dice.integers(0, 10, 200, np.uint8)
settings = TrainingSettings(hidden_layers=[8], epochs=1, batch_size=20, schedule="cosine")
points = PointDownsampler(1)
for report in train(settings, Mnist(images, labels, images, labels)):
    points.add(report)
with open_store("sqlite:///new.db", "files") as store:
    run = store.runs.create("ann", settings.model_dump(mode="json"), "new")
    store.progress.append(run.id, "", Progress(points.take(everything=True)))
    sent = points_of(settings, store.progress.since(run.id), Cursor())["points"][0]["series"]
assert [trace.meta["series"] for trace in live_figure(LIVE_FIGURES[0], 1, 9).data] == [*sent][2:]
print(*sent["learning_rate"])
"""


def test_a_live_chart_of_a_new_series(copy: Path) -> None:
    rates = "self._learning_rates(len(batches))"
    measured = f"{{**series, 'learning_rate': {rates}}}"
    training = copy / "digits" / "training.py"
    change(
        training,
        "        self._check(series)\n",
        f"        series = {measured}\n        self._check(series)\n",
    )
    change(copy / "digits" / "live_figures.py", "LIVE_FIGURES = (", RATE_ROW)
    sent = [float(number) for number in run(copy, "-c", TRAINS).split()]
    assert len(sent) == 9
    assert sent == sorted(sent, reverse=True)
    assert sent[0] == pytest.approx(1e-3, rel=1e-3)
    assert sent[-1] > 0, "small numbers keep their digits"


KEEPS = """
import sys
from model_store.store import open_store
with open_store(sys.argv[1], "files") as store:
    (run,) = store.runs.of_visitor("ann")
    print(run.note == "")
    store.runs.change(run.id, note="kept")
    print(store.runs.of_visitor("ann")[0].note)
"""


def test_a_field_of_a_run(copy: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    with open_store(url, str(tmp_path / "files")) as store:
        store.runs.create("ann", {}, "of the version before")
    failure = '    failure: str = ""\n'
    change(copy / "model_store" / "records.py", failure, f'{failure}    note: str = ""\n')
    column = '    Column("failure", Text, nullable=False, default=""),\n'
    added = column.replace("failure", "note").replace("default", "server_default")
    change(copy / "model_store" / "database.py", column, column + added)
    run(copy, "-m", "model_store.migrations", "notes")
    versions = sorted(path.name for path in (copy / "model_store/migrations/versions").glob("*.py"))
    assert versions[-1] == f"{int(head()) + 1:04}_notes.py"
    assert run(copy, "-c", KEEPS, url).split() == ["True", "kept"]
