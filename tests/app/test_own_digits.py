"""The digits with which a visitor tests networks, without a browser."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digits.dataset import Mnist
from digits.drawing import prepare
from digits.inference import digit_probabilities
from digits.strokes import Stroke, as_drawing, rasterise
from model_store.records import LabelledDrawing, Run
from server.resources import Resources, weights_of
from tests.app.conftest import component_data, words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer.ready_made import install

ONE = Stroke(20.0, [("M", 160, 60), ("L", 160, 260)])


@pytest.fixture
def thirty(small_mnist: Mnist) -> list[LabelledDrawing]:
    """Thirty images of MNIST, as if somebody had drawn them."""
    images, labels = small_mnist.test_images[:30], small_mnist.test_labels[:30]
    return [
        LabelledDrawing(image.tobytes(), int(label))
        for image, label in zip(images, labels, strict=True)
    ]


def keep(made: Resources, visitor: str, drawings: list[LabelledDrawing]) -> None:
    for each in drawings:
        made.store.own_digits.add(visitor, each)


def right_of(run: Run, small_mnist: Mnist) -> int:
    shares = digit_probabilities(weights_of(run), "relu", small_mnist.test_images[:30])
    return int((shares.argmax(axis=1) == small_mnist.test_labels[:30]).sum())


def own_score(app: AppTest) -> tuple[str, str] | None:
    found = [each for each in app.metric if each.label == "Digits that you drew when asked"]
    return (found[0].value, found[0].delta) if found else None


def test_a_shared_run_says_how_it_reads_its_viewers_digits(
    app: AppTest, made: Resources, finished_run: Run, thirty, small_mnist: Mnist
) -> None:
    keep(made, "ann", thirty)
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = finished_run.id
    score = own_score(app.run())
    right = right_of(finished_run, small_mnist)
    assert score
    assert score[0] == f"{right} of your 30"
    low, high = (int(share.strip(" %(")) for share in score[1].split("(")[0].split("to"))
    assert low < 100 * right / 30 < high
    app.session_state["visitor"] = "bob"
    assert own_score(app.run()) is None


def test_the_same_weights_read_the_same_digits_once(
    app: AppTest, made: Resources, finished_run: Run, thirty, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.shared import own_digits

    asked: list[int] = []

    def counting(*arguments: Any) -> Any:
        asked.append(len(arguments[2]))
        return digit_probabilities(*arguments)

    monkeypatch.setattr(own_digits, "digit_probabilities", counting)
    keep(made, "ann", thirty)
    kept = made.store.own_digits.of_visitor("ann")
    for _ in range(3):
        own_digits.answers_of(finished_run, kept)
    own_digits.answers_of(finished_run, kept[1:])
    assert asked == [30, 29]


def test_weights_that_are_gone_leave_the_page_as_it_is(
    app: AppTest, made: Resources, finished_run: Run, thirty
) -> None:
    keep(made, "ann", thirty)
    made.store.artifacts.delete(finished_run.id)
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = finished_run.id
    assert own_score(app.run()) is None
    assert any("%" in each.value for each in app.metric)


def test_the_draw_page_shows_each_with_what_is_read(app: AppTest, made: Resources, thirty) -> None:
    install(made.store)
    keep(made, "ann", thirty)
    app.session_state["visitor"] = "ann"
    open_draw_page(app)
    (shown,) = [
        data[0] for data in component_data(app) if isinstance(data, list) and "drawings" in data[0]
    ]
    right = sum(each["answer"] == each["label"] for each in shown["drawings"])
    assert right > 20
    assert shown["result"] == f"This network reads {right} of your 30 digits right."
    assert [each["label"] for each in shown["drawings"]] == [str(d.label) for d in thirty[::-1]]
    app.button(key="forget_own").click().run()
    assert "Your own digits are forgotten." in words(app)
    assert made.store.own_digits.of_visitor("ann") == []
    app.button(key="bring_back_own").click().run()
    assert made.store.own_digits.of_visitor("ann") == thirty


def test_the_models_page_says_it_for_each(
    app: AppTest, made: Resources, finished_run: Run, thirty, small_mnist: Mnist
) -> None:
    made.store.runs.change(finished_run.id, visitor="ann")
    keep(made, "ann", thirty)
    app.session_state["visitor"] = "ann"
    app.run().switch_page("../pages/models.py").run()
    assert f"{right_of(finished_run, small_mnist)} of your 30 own digits" in words(app)


def a_round_with_buttons() -> None:
    """Runs as a page of its own: AppTest cannot press what a component shows."""
    import streamlit as st

    from ui.draw import own_round

    def sent(what: object, digit: object) -> None:
        st.session_state["own_round"] = {"pressed": {"what": what, "digit": digit}}
        own_round._pass_on()

    st.button("Begin", key="begin", on_click=own_round.begin_round)
    now = len(st.session_state.get("round", []))
    for what in ("next", "skip", "redo", "stop"):
        st.button(what, key=what, on_click=sent, args=(what, now))
    st.button("late", key="late", on_click=sent, args=("skip", now - 1))
    st.button("wrong", key="wrong", on_click=sent, args=(["stop"], now))
    if own_round.is_in_round():
        own_round.show_round()


def words_of_round(app: AppTest) -> str:
    shown = [data[0] for data in component_data(app) if isinstance(data, list)]
    return " ".join(f"{each['words']} {each['trouble']}".strip() for each in shown)


@pytest.fixture
def in_round(made: Resources) -> AppTest:
    app = AppTest.from_function(a_round_with_buttons, default_timeout=30)
    app.session_state["visitor"] = "ann"
    return app.run().button(key="begin").click().run()


def test_a_round_keeps_what_is_drawn_and_skips_and_takes_back(
    in_round: AppTest, made: Resources
) -> None:
    kept = made.store.own_digits
    assert words_of_round(in_round) == "Draw a 0"
    in_round.button(key="next").click().run()
    assert words_of_round(in_round) == "Draw a 0 Nothing is drawn yet."
    for key in ("late", "wrong", "redo"):
        in_round.button(key=key).click().run()
        assert words_of_round(in_round) == "Draw a 0"
    in_round.button(key="skip").click().run()
    canvas = f"canvas_{in_round.session_state['canvas'] % 3}"
    drawn(in_round, a_one(), ONE, canvas=canvas)
    in_round.button(key="next").click().run()
    assert words_of_round(in_round) == "Draw a 2"
    image = prepare(rasterise([ONE], 320)).image.tobytes()
    assert kept.of_visitor("ann") == [LabelledDrawing(image, 1)]
    assert kept.of_visitor("bob") == []
    in_round.button(key="redo").click().run()
    assert words_of_round(in_round) == "Draw a 1"
    assert kept.of_visitor("ann") == []


def test_a_round_ends_by_itself_after_ten_and_gives_the_drawing_back(
    made: Resources,
) -> None:
    app = AppTest.from_function(a_round_with_buttons, default_timeout=30).run()
    drawn(app, a_one(), ONE)
    app.button(key="begin").click().run()
    for _ in range(10):
        assert "round" in app.session_state
        app.button(key="skip").click().run()
    assert "round" not in app.session_state
    assert app.session_state["put_back"] == as_drawing([ONE], "#ffffff")
