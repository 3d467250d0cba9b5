"""What visitors write and how fast they click, on the pages themselves."""

import pytest
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.records import LabelledDrawing, Run, StopRequest
from server.cookies import visitor_ids
from server.rate_limits import Rate, RateLimit
from server.resources import Resources
from tests.app.conftest import table_of_runs, words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer.ready_made import install
from ui.shared import throttle
from ui.shared.plain_text import plain
from ui.shared.throttle import Action

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![see](https://evil.example/pixel.png)",
    "https://evil.example www.evil.example visitor@evil.example",
    ":red[failed] :material/error: :smile:",
    "`code` **bold** _italic_ ~~gone~~ $x^2$ # title",
    "a\n\n# title\n\n- list",
    "\\[click](//evil.example) &lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_the_address_says_is_shown_as_it_stands(app: AppTest, text: str) -> None:
    app.query_params["optimizer"] = text
    app.run()
    (warning,) = app.warning
    assert plain(text[:30]) in warning.value


@pytest.mark.parametrize("text", HOSTILE)
def test_the_name_of_a_run_is_shown_as_it_stands(
    app: AppTest, made: Resources, finished_run: Run, text: str
) -> None:
    made.store.runs.change(finished_run.id, name=text)
    app.session_state["run"] = finished_run.id
    open_draw_page(app)
    assert f"**{plain(text)}**" in words(app)
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.switch_page("../pages/models.py").run()
    assert table_of_runs(app)["rows"][0]["name"] == text


@pytest.mark.parametrize("named", ["a\x00b", "\x00", "%00", "' or 1=1 --", "x" * 100_000, "\n"])
def test_an_address_of_no_run_is_said(app: AppTest, named: str) -> None:
    app.query_params["run"] = named
    app.run()
    assert "There is no run under this address" in words(app)


def limited(monkeypatch: pytest.MonkeyPatch, action: Action) -> None:
    limits = throttle._Limits(RateLimit(Rate(1, 60.0)), RateLimit(Rate(1000, 1.0)))
    monkeypatch.setitem(throttle._limits, action, limits)


def test_who_trains_too_fast_is_told_when_to_go_on(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, Action.TRAIN)
    visitor = app.session_state["visitor"] = "somebody"
    app.run()
    app.button(key="train").click().run()
    made.store.runs.request_stop(app.session_state["run"], visitor, StopRequest.STOP)
    app.run()
    app.button(key="train").click().run()
    assert "You are fast!" in words(app)
    assert "please press Train again in" in words(app)
    assert len(made.store.runs.of_visitor(visitor)) == 1


def test_who_draws_too_fast_is_told_when_to_go_on(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(made.store)
    limited(monkeypatch, Action.DRAW)
    drawn(app, a_one())
    open_draw_page(app)
    assert "% sure" in words(app)
    app.run()
    assert "please draw again in" in words(app)
    assert "% sure" not in words(app)


def test_who_teaches_too_fast_is_told_when_to_go_on(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(made.store)
    open_draw_page(app)
    visitor = app.session_state["visitor"]
    made.store.corrections.add(visitor, LabelledDrawing(bytes(784), 7))
    limited(monkeypatch, Action.TEACH)
    throttle._limits[Action.TEACH].of_visitor.take(visitor)
    app.run()
    app.button(key="teach").click().run()
    assert "press Teach it again" in words(app)
    assert not made.store.runs.of_visitor(visitor)


def test_new_cookies_do_not_help_those_who_are_too_fast(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_address", lambda: "192.0.2.1")
    limits = throttle._Limits(RateLimit(Rate(1000, 1.0)), RateLimit(Rate(1, 60.0)))
    monkeypatch.setitem(throttle._limits, Action.TRAIN, limits)
    for visitor in ("one", "two"):
        app.session_state["visitor"] = visitor
        app.run()
        app.button(key="train").click().run()
        app.session_state["run"] = ""
        app.query_params.clear()
    assert "You are fast!" in words(app)
    assert not made.store.runs.of_visitor("two")


def test_who_has_signed_in_is_the_same_visitor_in_every_browser(
    app: AppTest, made: Resources
) -> None:
    account = {"iss": "https://issuer.example", "sub": "1234"}
    visitor = visitor_ids().of_account(*account.values())
    settings = TrainingSettings().model_dump(mode="json")
    made.store.runs.create(visitor, settings, "of the account")
    app.run().switch_page("../pages/models.py").run()
    assert "of the account" not in words(app)
    app.user = {"is_logged_in": True, **account}
    app.run()
    assert "of the account" in words(app)
    app.user = {"is_logged_in": False}
    app.run()
    assert "of the account" not in words(app)


def test_signing_in_is_offered_only_where_it_is_set_up(app: AppTest) -> None:
    app.run()
    assert "sign_in" not in [button.key for button in app.button]
    app.user = {"is_logged_in": False}
    app.run()
    assert "sign_in" in [button.key for button in app.button]
    app.user = {"is_logged_in": True, "iss": "i", "sub": "s"}
    app.run()
    assert "sign_out" in [button.key for button in app.button]
