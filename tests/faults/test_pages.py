"""Every page opens while the store can be read but not written; only what writes says why not."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from digits.drawing import prepare
from model_store import database
from model_store.database import StoreUnavailable
from model_store.records import LabelledDrawing, State
from model_store.unavailable import NO_ANSWER
from server.connections import visitors_here
from server.cookies import visitor_ids
from server.resources import Resources, ready_made_run, resources
from tests.app.conftest import ROOT, ask_models, made, words
from tests.support.disk import Hog, mounted_disk
from tests.support.draw_page import a_one, drawn
from trainer.ready_made import READY_MADE, install
from ui.pages import PAGES

__all__ = ["made"]

VISITS = 3
OWNER = "ann"
# What pages say near their end.
NEAR_THE_END = {
    "train": "Sixty of the 10,000 test images",
    "draw": "Nothing drawn yet",
    "inside": "The **ready-made network**",
    "learn": "Which true accuracies fit a score",
    "models": "None yet",
}
NO_WRITING = ("no room left on the disk", "is busy")

Spoil = Callable[[], None]


@contextmanager
def full_disk(folder: Path) -> Iterator[Spoil]:
    """Keep the store on a small disk, and fill it."""
    with mounted_disk(folder, 16) as disk:
        hog = Hog(disk)

        def fill() -> None:
            hog.start(600)
            with pytest.raises(StoreUnavailable):  # noqa: PT012  (it has some room left in itself)
                for _ in range(1000):
                    resources().store.runs.create("nobody", {}, "filling")

        yield fill
        hog.end()


@contextmanager
def locked_database(folder: Path) -> Iterator[Spoil]:
    """Keep the store locked by another program."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "playground.db", check_same_thread=False)) as other:
        yield lambda: other.execute("begin immediate").close()


@pytest.fixture(params=[full_disk, locked_database])
def spoil(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spoil]:
    """Open a store; to call what is returned makes it one that can only be read any more."""
    monkeypatch.setattr(database, "SECONDS_TO_WAIT_FOR_OTHERS", 0.2)
    folder = tmp_path / "data"
    with request.param(folder) as spoil:
        (folder / "mnist").symlink_to(ROOT / "data" / "mnist")
        monkeypatch.setenv("DATA_FOLDER", str(folder))
        resources.cache_clear()
        with resources().store as store:
            install(store)
            visitor_ids()  # the server writes its secret before anybody comes
            yield spoil
        resources.cache_clear()


def a_visitor(page: str = "train", name: str = "", run: str = "") -> AppTest:
    """Open a page as somebody would who comes for the first time."""
    app = AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=30)
    if name:
        app.session_state["visitor"] = name
    if run:
        app.query_params["run"] = run
    app.run()
    return app.switch_page(f"../pages/{page}.py").run() if page != "train" else app


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_a_page_opens_to_every_new_visitor(spoil: Spoil, page: str) -> None:
    spoil()
    for _ in range(VISITS):
        app = a_visitor(page)
        assert not app.error
        assert NEAR_THE_END.get(page, "") in words(app)
        assert app.session_state["visitor"] in visitors_here(), "their runs are to go on"


def test_a_shared_link_opens_to_every_new_visitor(spoil: Spoil) -> None:
    spoil()
    for _ in range(VISITS):
        app = a_visitor(run=READY_MADE)
        assert not app.error
        assert "40 epochs in 1 min" in words(app)


@pytest.fixture
def silence(made: Resources, monkeypatch: pytest.MonkeyPatch) -> Spoil:
    """Open a store; to call what is returned makes it one that cannot even be read any more."""
    install(made.store)
    assert ready_made_run()  # as the server does before anybody comes

    def no_answer() -> None:
        raise StoreUnavailable(NO_ANSWER)

    return lambda: monkeypatch.setattr(made.store.runs._engine.pool, "connect", no_answer)


def test_learn_opens_while_the_store_is_silent(silence: Spoil) -> None:
    silence()
    app = a_visitor("learn")
    assert not app.error
    assert NEAR_THE_END["learn"] in words(app)


def test_draw_reads_while_the_store_is_silent(silence: Spoil) -> None:
    silence()
    app = a_visitor("draw")
    assert [error.value for error in app.error] == [NO_ANSWER]
    drawn(app, a_one())
    app.run()
    assert "It reads a 1" in words(app)


def test_the_ready_made_network_is_taken_apart_while_the_store_is_silent(silence: Spoil) -> None:
    silence()
    app = a_visitor("inside")
    assert not app.error
    assert NEAR_THE_END["inside"] in words(app)
    assert not app.warning


def test_the_form_is_there_while_the_store_is_silent(silence: Spoil) -> None:
    silence()
    app = a_visitor("train")
    assert [error.value for error in app.error] == [NO_ANSWER]
    assert NEAR_THE_END["train"] in words(app)
    app.button(key="train").click().run()
    assert {error.value for error in app.error} == {NO_ANSWER}
    assert NEAR_THE_END["train"] in words(app)


def refused(app: AppTest) -> bool:
    """Whether the page says, once, why the store takes nothing."""
    assert not app.exception
    said = [each.value for each in [*app.error, *app.toast]]
    return len(said) == 1 and any(sentence in said[0] for sentence in NO_WRITING)


def test_what_is_pressed_on_train_is_refused_and_the_page_stays(spoil: Spoil) -> None:
    store = resources().store
    finished = store.runs.get(READY_MADE)
    assert finished
    mine = store.runs.create(OWNER, finished.settings, "mine")
    store.runs.change(mine.id, state=State.FINISHED, artifacts={}, step=10, total_steps=10)
    spoil()
    app = a_visitor(name=OWNER)
    app.button(key="train").click().run()
    assert refused(app)
    assert NEAR_THE_END["train"] in words(app)
    app = a_visitor(name=OWNER, run=mine.id)
    app.button(key="more_epochs").click().run()
    assert refused(app)
    assert "40 epochs in" in words(app)


def test_what_is_pressed_on_models_is_refused_and_the_page_stays(spoil: Spoil) -> None:
    store = resources().store
    settings = store.runs.get(READY_MADE).settings  # type: ignore[union-attr]
    mine = [store.runs.create(OWNER, settings, f"number {count}").id for count in range(2)]
    for run_id in mine:
        store.runs.change(run_id, state=State.FINISHED)
    spoil()
    app = a_visitor("models", OWNER)
    ask_models(app, "rename", mine[1], name="another")
    assert refused(app)
    assert "number 0" in words(app)
    ask_models(app, "delete", mine[1])
    assert refused(app)
    assert "number 0" in words(app)


def test_what_is_pressed_on_draw_is_refused_and_the_page_stays(spoil: Spoil) -> None:
    store = resources().store
    store.corrections.add(OWNER, LabelledDrawing(prepare(a_one()).image.tobytes(), 7))
    spoil()
    app = a_visitor("draw", OWNER)
    drawn(app, a_one())
    app.run()
    for key in ("teach", "forget"):
        app.button(key=key).click().run()
        assert refused(app), key
        assert "It reads a 1" in words(app)


def a_page_that_corrects() -> None:
    """Runs as a page of its own: AppTest cannot press what a component shows."""
    import numpy as np
    import streamlit as st

    from ui.draw.corrections import keep_correction

    image = np.zeros((28, 28), np.uint8)
    st.button("No, it was a 7", key="wrong", on_click=keep_correction, args=([], image, 7))
    st.markdown("The rest of the page.")


def test_a_correction_that_cannot_be_kept_leaves_the_page(spoil: Spoil) -> None:
    spoil()
    page = AppTest.from_function(a_page_that_corrects, default_timeout=30).run()
    page.button(key="wrong").click().run()
    assert refused(page)
    assert "The rest of the page." in words(page)
