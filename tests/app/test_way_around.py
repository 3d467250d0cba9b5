"""The menu, and the line about runs in work, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from config.version import VERSION
from digits.recipes import NOTEBOOK
from digits.settings import TrainingSettings
from model_store.database import StoreUnavailable
from model_store.records import Run, State
from model_store.runs import Runs
from server.resources import Resources
from tests.app.conftest import ROOT, live_words, words
from ui import active_runs
from ui.pages import PAGES


@pytest.fixture
def mine(app: AppTest, made: Resources) -> Run:
    """A run of the visitor, in line, that this session has not looked at."""
    visitor = app.session_state["visitor"] = "somebody"
    return made.store.runs.create(visitor, NOTEBOOK.model_dump(mode="json"), "my *first*")


def lines(app: AppTest) -> list[str]:
    """Return the lines about runs in work, or just ended: what each says."""
    return [button.label for button in app.button if button.key in ("watch", "see_ended")]


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_a_run_in_work_is_one_line_on_every_page(app: AppTest, mine: Run, page: str) -> None:
    app.run()
    app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception
    (said,) = lines(app)
    assert said.startswith(r"*Your run* **my \*first\*** waits in line")
    app.button(key="watch").click().run()
    assert "**queued**" in words(app)
    assert app.query_params["run"] in (mine.id, [mine.id])
    assert not lines(app)


def test_the_one_that_trains_comes_first(app: AppTest, made: Resources, mine: Run) -> None:
    later = made.store.runs.create(mine.visitor, mine.settings, "second")
    made.store.runs.change(later.id, state=State.RUNNING)
    app.run()
    assert lines(app) == ["*Your run* **second** is training, and 1 more · watch it"]


def test_runs_that_are_planned_are_counted_with_those_in_line(
    app: AppTest, made: Resources, mine: Run
) -> None:
    seeds = [("more", TrainingSettings(seed=seed)) for seed in range(7)]
    planned = made.service.plan(mine.visitor, seeds)
    made.store.runs.change(mine.id, state=State.RUNNING)
    app.run()
    assert lines(app)[0].endswith("is training, and 7 more · watch it")
    (waits, *_) = made.store.planned.waiting()
    assert waits.id in {run.id for run in planned}
    app.query_params["run"] = waits.id
    app.run()
    assert lines(app)[0].endswith("is training, and 6 more · watch it"), "one is in view"


def test_a_run_that_is_seen_already_is_not_said_twice(app: AppTest, mine: Run) -> None:
    app.query_params["run"] = mine.id
    app.run()
    assert "**queued**" in words(app)
    assert not lines(app)


@pytest.mark.parametrize("state", [State.PAUSED, State.FINISHED, State.FAILED])
def test_a_run_at_rest_is_not_said(app: AppTest, made: Resources, mine: Run, state: State) -> None:
    made.store.runs.change(mine.id, state=state)
    app.run()
    assert not lines(app)


@pytest.mark.parametrize(
    ("state", "test", "said"),
    [
        (State.FINISHED, 0.9905, "has finished *and reads 99.05% of the test images* · see it"),
        (State.STOPPED, 0.9, "was stopped *and reads 90.00% of the test images* · see it"),
        (State.STOPPED, None, "was stopped · see it"),
        (State.PAUSED, None, "is paused · see it"),
        (State.FAILED, None, "has failed · see it"),
    ],
)
def test_the_line_says_how_a_run_ended_until_it_is_looked_at(
    app: AppTest, made: Resources, mine: Run, state: State, test: float | None, said: str
) -> None:
    app.switch_page("../pages/models.py").run()
    assert "waits in line" in lines(app)[0]
    measured = None if test is None else {"accuracy": test, "loss": 1.0}
    made.store.runs.change(mine.id, state=state, test=measured)
    for _ in range(2):  # it stays
        assert lines(app.run()) == [rf"*Your run* **my \*first\*** {said}"]
    app.button(key="see_ended").click().run()
    assert f"**{state}**" in words(app)
    app.switch_page("../pages/models.py").run()
    assert not lines(app)


def test_a_look_inside_is_a_look_at_the_run(
    app: AppTest, made: Resources, finished_run: Run, mine: Run
) -> None:
    app.switch_page("../pages/models.py").run()
    done = {"state": State.FINISHED, "artifacts": finished_run.artifacts, "test": finished_run.test}
    made.store.runs.change(mine.id, **done)
    assert "has finished" in lines(app.run())[0]
    app.switch_page("../pages/inside.py").run()
    assert not lines(app.run())
    app.switch_page("../pages/models.py").run()
    assert not lines(app)


def test_a_reload_forgets_no_end_and_a_look_does(app: AppTest, made: Resources, mine: Run) -> None:
    app.switch_page("../pages/models.py").run()
    made.store.runs.change(mine.id, state=State.FAILED)
    for _ in range(2):
        reloaded = AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=30)
        reloaded.session_state["visitor"] = mine.visitor
        reloaded.switch_page("../pages/models.py").run()
        assert "has failed" in lines(reloaded)[0]
    reloaded.button(key="see_ended").click().run()
    reloaded.switch_page("../pages/models.py").run()
    assert not lines(reloaded)
    again = AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=30)
    again.session_state["visitor"] = mine.visitor
    assert not lines(again.run())


def test_only_the_newest_is_said_until_it_is_closed(
    app: AppTest, made: Resources, mine: Run
) -> None:
    made.store.runs.create(mine.visitor, mine.settings, "second")
    app.switch_page("../pages/models.py").run()
    made.store.runs.change(mine.id, state=State.FAILED)
    (said,) = lines(app.run())
    assert "has failed" in said
    app.button(key="close_line").click().run()
    (said,) = lines(app)
    assert said.startswith("*Your run* **second** waits in line")


def test_the_line_of_a_run_that_trains_can_be_closed_until_it_has_ended_or_another_begins(
    app: AppTest, made: Resources, mine: Run
) -> None:
    app.switch_page("../pages/models.py").run()
    made.store.runs.change(mine.id, state=State.RUNNING)
    assert "is training" in lines(app.run())[0]
    app.button(key="close_line").click().run()
    assert not lines(app.run())
    second = made.store.runs.create(mine.visitor, mine.settings, "second")
    assert "is training, and 1 more" in lines(app.run())[0]
    app.button(key="close_line").click().run()
    made.store.runs.change(second.id, state=State.FINISHED)
    assert "**second** has finished" in lines(app.run())[0]


def test_another_run_takes_the_place_of_one_that_has_ended(
    app: AppTest, made: Resources, mine: Run
) -> None:
    app.switch_page("../pages/models.py").run()
    made.store.runs.change(mine.id, state=State.FAILED)
    assert "has failed" in lines(app.run())[0]
    made.store.runs.create(mine.visitor, mine.settings, "second")
    (said,) = lines(app.run())
    assert said.startswith("*Your run* **second** waits in line")


def test_the_runs_of_others_are_not_said(app: AppTest, made: Resources, mine: Run) -> None:
    made.store.runs.change(mine.id, visitor="somebody else")
    app.run()
    assert not lines(app)


def test_a_store_in_trouble_costs_the_line_and_is_left_alone(
    app: AppTest, mine: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fail(runs: Runs, visitor: str) -> list[Run]:
        asked.append(visitor)
        raise StoreUnavailable("It does not answer.")

    monkeypatch.setattr(active_runs, "_quiet_until", 0.0)
    monkeypatch.setattr(Runs, "in_work", fail)
    app.switch_page("../pages/learn.py").run()
    app.run()
    assert app.title[0].value == "How a network learns"
    assert asked == [mine.visitor]


def test_a_viewer_of_a_run_in_work_reads_no_owners_words(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    for state in (State.QUEUED, State.RUNNING, State.PAUSED, State.STOPPED):
        for step in (0, 3):
            made.store.runs.change(finished_run.id, state=state, step=step, test=None)
            app.query_params["run"] = finished_run.id
            app.run()
            (said,) = live_words(app)
            assert state in said
            assert "your" not in said.lower()
            assert "press" not in said


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_below_every_page_stands_what_it_is_and_what_is_kept(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("KEEP_DAYS", "12")
    app.run()
    app.switch_page(f"../pages/{page}.py").run()
    program, kept = (caption.value for caption in app.caption[-2:])
    assert program == f"**Digit Playground** {VERSION}. Apache License 2.0"
    assert "up to 12 days" in kept
    monkeypatch.setenv("SOURCE_URL", "https://code.example/playground")
    app.run()
    assert "[Source code](https://code.example/playground)" in app.caption[-2].value
