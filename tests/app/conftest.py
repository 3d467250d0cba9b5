"""An app of one's own for each test: an empty store, and a service whose workers never start."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.records import Run
from server.resources import Resources, resources
from trainer import run_executor

ROOT = Path(__file__).parents[2]
MNIST = ROOT / "data" / "mnist"
_numbers = count(1)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resources]:
    """The resources that the pages of this test use."""
    (tmp_path / "mnist").symlink_to(MNIST)
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    resources.cache_clear()
    with resources().store:
        yield resources()
    resources.cache_clear()


@pytest.fixture
def app(made: Resources) -> AppTest:
    """The app at its first page, not run yet."""
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=30)


@pytest.fixture
def finished_run(made: Resources, small_mnist, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A small network, trained for real, that belongs to nobody."""
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    settings = TrainingSettings(hidden_layers=(16,), epochs=1, batch_size=32)
    run = made.service.submit("nobody", settings)
    run_executor.execute_next("ticket", made.config)
    finished = made.store.runs.get(run.id)
    assert finished
    return finished


def words(app: AppTest) -> str:
    """All that the page says, in one string."""
    assert not app.exception
    parts = [*app.markdown, *app.caption, *app.title, *app.subheader]
    boxes = [*app.info, *app.warning, *app.error]
    said = [str(part.value) for part in [*parts, *boxes]]
    shown = [data[0] for data in component_data(app) if isinstance(data, list)]
    shown += [row for data in component_data(app) if "rows" in data for row in data["rows"]]
    shown += [row["own"] for row in shown if row.get("own")]
    read = [value for each in shown for value in each.values() if isinstance(value, str)]
    return "\n".join([*said, *live_words(app), *read])


def live_words(app: AppTest) -> list[str]:
    """The state of the run in view, as the page hands it to the browser."""
    news = [data["news"] for data in component_data(app) if "news" in data]
    return [f"**{each['state']}** · {each['words']}" for each in news]


def answer(app: AppTest) -> dict[str, Any]:
    """What the network has read, as the page hands it to the browser; empty if nothing was read."""
    answers = [
        data[0] for data in component_data(app) if isinstance(data, list) and "digit" in data[0]
    ]
    return answers[0] if answers else {}


def ask_models(app: AppTest, what: str, *runs: str, **more: object) -> AppTest:
    """Have the table of runs on the Models page ask the page for something."""
    sent = {"what": what, "runs": list(runs), "number": next(_numbers), **more}
    app.session_state["asked_of_models"] = [sent]
    return app.run()


def table_of_runs(app: AppTest) -> dict[str, Any]:
    """What the Models page hands to its table."""
    (data,) = [data for data in component_data(app) if "rows" in data]
    found: dict[str, Any] = data
    return found


def component_data(app: AppTest) -> list[Any]:
    """What the page hands to each of its components in the browser."""
    return [json.loads(element.proto.json or "{}") for element in app.get("bidi_component")]


def number(app: AppTest, label: str) -> Any:
    """Return the number field with this label."""
    return next(field for field in app.number_input if field.label.startswith(label))


def asked_for(app: AppTest) -> dict[str, str]:
    """Return what the address asks for; the app and the test itself write it in two ways."""
    query = app.query_params.items()
    return {name: value if isinstance(value, str) else value[-1] for name, value in query}


def in_view_of_its_owner(app: AppTest, made: Resources, run: Run, **values: object) -> None:
    """Show a run to its owner, after its record was changed."""
    app.query_params["run"] = run.id
    app.run()
    made.store.runs.change(run.id, visitor=app.session_state["visitor"], **values)
    app.run()


def open_models_page(app: AppTest) -> AppTest:
    """The Models page, of a visitor who has just come."""
    return app.run().switch_page("../pages/models.py").run()


@pytest.fixture
def visitor(app: AppTest) -> str:
    """Who looks at the Models page."""
    return str(open_models_page(app).session_state["visitor"])
