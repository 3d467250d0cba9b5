"""The Models page, without a browser."""

from streamlit.testing.v1 import AppTest

from model_store.records import Run
from tests.app.conftest import words
from ui.resources import Resources


def open_models_page(app: AppTest) -> AppTest:
    return app.run().switch_page("../pages/models.py").run()


def test_without_runs_it_says_where_to_begin(app: AppTest) -> None:
    open_models_page(app)
    assert "None yet" in words(app)


def test_it_lists_own_runs_only(app: AppTest, made: Resources, finished_run: Run) -> None:
    open_models_page(app)
    assert "None yet" in words(app), "the finished run belongs to nobody"
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    assert finished_run.name in words(app)
    assert finished_run.test
    assert app.metric[0].value == f"{finished_run.test['accuracy']:.2%}"


def test_deleting_takes_the_run_and_its_files(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    open_models_page(app)
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    app.button(key=f"delete_{finished_run.id}").click().run()
    assert made.store.runs.get(finished_run.id) is None
    assert "None yet" in words(app)


def test_a_new_name_is_shown_as_it_was_written(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    open_models_page(app)
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    app.text_input(key=f"name_{finished_run.id}").set_value("  *My* <b>best</b>  ")
    app.button(key=f"rename_{finished_run.id}").click().run()
    renamed = made.store.runs.get(finished_run.id)
    assert renamed
    assert renamed.name == "*My* <b>best</b>"
    assert r"\*My\* \<b\>best\</b\>" in words(app)
