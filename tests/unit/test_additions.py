"""What ARCHITECTURE.md says is to be touched for an addition is enough: tried in a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model_store.migrations import head
from model_store.store import open_store
from ui.pages import PAGES

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "digits", "lesson", "model_store", "pages", "server", "trainer", "ui")


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


NOISE_ROW = """    label_noise: Annotated[
        float, Row(Group.RESTRAINT, "label noise {:g}".format, off=0, compiled=Compiled.SWITCH)
    ] = Field(
        0.0, ge=0, le=0.5, alias="noise", title="Label noise", description="How many are wrong."
    )
"""
LAST_ROW = "    seed: Annotated["
PAGE = """
import streamlit as st

st.title("How labels were corrupted")
"""
SHOWN = """
from streamlit.testing.v1 import AppTest
from digits.settings import TrainingSettings
from digits.settings_in_words import described
from digits.trainer_shape import KNOBS

app = AppTest.from_file("ui/router.py", default_timeout=30)
app.query_params["noise"] = "0.25"
app.run()
(field,) = [each for each in app.number_input if each.label == "Label noise"]
assert field.value == 0.25
assert field.help == "How many are wrong. Allowed: a number from 0 to 0.5."
field.set_value(0.75).run()
assert not app.exception
assert any("a number from 0 to 0.5, not “0.75”" in each.value for each in app.markdown)
[field] = [each for each in app.number_input if each.label == "Label noise"]
field.set_value(0.5).run()
assert app.query_params["noise"] in ("0.5", ["0.5"])
assert "label noise 0.5" in described(TrainingSettings(label_noise=0.5))
assert "label_noise" in KNOBS, "every call of the compiled loop is told how much"
app.switch_page("../pages/noise.py").run()
assert not app.exception
print(*[link.proto.label for link in app.get("page_link")])
print(app.title[0].value)
"""


def test_a_setting_and_a_page(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its row, and the page by its file."""
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    (tmp_path / "mnist").symlink_to(ROOT / "data" / "mnist")
    change(copy / "digits" / "settings_table.py", LAST_ROW, NOISE_ROW + LAST_ROW)
    last = f'    PageRow("{PAGES[-1].name}", '
    change(copy / "ui" / "pages.py", last, f'    PageRow("noise", "Noise", "grain"),\n{last}')
    (copy / "pages" / "noise.py").write_text(PAGE)
    menu, title = run(copy, "-c", SHOWN).splitlines()
    titles = [*(page.title for page in PAGES[:-1]), "Noise", PAGES[-1].title]
    assert " ".join(titles) in menu
    assert title == "How labels were corrupted"


IMAGES_ROW = """LIVE_FIGURES = (
    LiveFigure(
        name="images",
        title="Images",
        words="how many are in a batch",
        description="How many images each batch has.",
        curves=(Curve("images", "images", "batches"),),
    ),"""
TRAINS = """
import numpy as np
from digits.charts import live_figure
from digits.dataset import Mnist
from digits.live_figures import LIVE_FIGURES
from digits.settings import TrainingSettings
from digits.training import train
from model_store.records import StoredProgress
from model_store.store import open_store
from trainer.downsampling import PointDownsampler
from trainer.run_settings import course_of
from ui.shared.run_updates import Cursor, points_of

dice = np.random.default_rng(0)
images, labels = dice.integers(0, 256, (200, 28, 28), np.uint8), dice.integers(0, 10, 200, np.uint8)
settings = TrainingSettings(hidden_layers=[8], epochs=1, batch_size=16, schedule="cosine")
points = PointDownsampler(1)
for report in train(settings, Mnist(images, labels, images, labels)):
    points.add(report)
with open_store("sqlite:///new.db", "files") as store:
    run = store.runs.create("ann", settings.model_dump(mode="json"), "new")
    store.progress.append(run.id, "", StoredProgress(points.take(everything=True)))
    sent = points_of(course_of(run), store.progress.since(run.id), Cursor())["points"][0]["series"]
(shown,) = [trace.meta["series"] for trace in live_figure(LIVE_FIGURES[0], 1, 9).data]
assert shown in sent
print(*sent["images"])
"""


def test_a_live_chart_of_a_new_series(copy: Path) -> None:
    training = copy / "digits" / "training.py"
    change(
        training,
        "        self._check(series)\n",
        "        series['images'] = (batches >= 0).sum(axis=1).astype(np.float32)\n"
        "        self._check(series)\n",
    )
    change(copy / "digits" / "live_figures.py", "LIVE_FIGURES = (", IMAGES_ROW)
    sent = [float(number) for number in run(copy, "-c", TRAINS).split()]
    assert sent == [16] * 11 + [4]


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
