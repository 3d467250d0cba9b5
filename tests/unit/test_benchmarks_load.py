"""What the load's visitors send and note, and what is concluded from it; without a server."""

import asyncio
import base64
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.json_format import ParseDict
from PIL import Image
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput

from benchmarks.hosting import load
from benchmarks.hosting.canvas_messages import drawn_digits
from benchmarks.hosting.crowd import Mix, Times, percentiles
from benchmarks.hosting.endurance import growth, promises
from benchmarks.hosting.files import NoAnswer
from benchmarks.hosting.load import main, verdicts
from benchmarks.hosting.sessions import CONTROLS, Session
from benchmarks.hosting.trainings import wait_until_ready


def test_a_mix_adds_up() -> None:
    assert Mix.of(100) == Mix(50, 30, 20, 2)
    assert [Mix.of(count).visitors for count in (1, 7, 33)] == [1, 7, 33]


def test_percentiles_are_milliseconds() -> None:
    assert percentiles([number / 1000 for number in range(1, 101)]) == {
        "p50": 50.5,
        "p95": 95.0,
        "p99": 99.0,
    }
    assert np.isnan(percentiles([])["p95"])


def test_times_are_pooled() -> None:
    both = Times([0.1], [0.2], ["one"], 1) + Times([0.3], [], ["two"], 0)
    assert both == Times([0.1, 0.3], [0.2], ["one", "two"], 1)
    assert both.of_strokes()["p50"] == 200.0


def test_a_drawing_is_what_the_canvas_sends(tmp_path: Path) -> None:
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, 4:24, 12:16] = 255
    np.savez(tmp_path / "mnist.npz", test_images=images, test_labels=np.ones(1, np.uint8))
    [[first, second]] = drawn_digits(tmp_path, 1)
    ink = []
    for message, strokes in ((first, 1), (second, 2)):
        drawing = json.loads(message)["drawing"]
        assert len(drawing["raw"]["objects"]) == strokes
        file = base64.b64decode(drawing["data"].removeprefix("data:image/png;base64,"))
        picture = np.asarray(Image.open(io.BytesIO(file)))
        assert picture.shape == (320, 320, 4)
        assert picture[0, 0].tolist() == [0x10, 0x16, 0x1D, 255]
        ink.append(int((picture[..., 0] > 200).sum()))
    assert 0 < ink[0] < ink[1]


def test_controls_that_nobody_touched() -> None:
    whole = NumberInput(data_type=NumberInput.INT, default=64)
    assert CONTROLS["number_input"](whole) == {"int_value": 64}
    share = NumberInput(data_type=NumberInput.FLOAT, default=0.5)
    assert CONTROLS["number_input"](share) == {"double_value": 0.5}


def test_a_session_notes_what_a_run_shows() -> None:
    session = Session("http://localhost:1")
    for message in (
        {"new_session": {"page_script_hash": "page"}},
        {"delta": {"new_element": {"bidi_component": {"json": '{"address": "/live/1"}'}}}},
        {"delta": {"new_element": {"markdown": {"body": "Ink: 7%"}}}},
        {"delta": {"new_element": {"bidi_component": {"json": '[{"digit": "7"}]'}}}},
        {"delta": {"new_element": {"alert": {"format": 1, "body": "broken"}}}},
    ):
        session._take(ParseDict(message, ForwardMsg()))
    assert (session.words, session.live) == (["Ink: 7%", "7"], "/live/1")
    assert "broken" in session.errors[0]
    session._take(ParseDict({"new_session": {"page_script_hash": "page"}}, ForwardMsg()))
    assert (session.words, session.live) == ([], "")


def test_a_control_that_is_not_there_is_named() -> None:
    with pytest.raises(NoAnswer, match="train"):
        Session("http://localhost:1")._element_id("train")


def test_promises() -> None:
    kept = {
        "draw_ms": {"p95": 200.0},
        "bare_app_draw_ms": {"p95": 100.0},
        "draw_ms_without_trainings": {"p95": 100.0},
        "errors": 0,
        "disconnects": 0,
        "memory_mb": {"web": 400.0, "worker": 1000.0},
        "idle_visitor_kb": 100.0,
        "training_share_kept": 0.5,
    }
    assert all(verdicts(kept).values())
    for change in (
        {"draw_ms": {"p95": 201.0}},
        {"errors": 1},
        {"disconnects": 1},
        {"memory_mb": {"web": 2600.0}},
        {"idle_visitor_kb": 151.0},
        {"training_share_kept": 0.49},
    ):
        assert not all(verdicts(kept | change).values())


def test_growth_is_that_since_the_processes_settled() -> None:
    samples = [(minute / 2, {"web": 100.0 + minute / 2, "worker": 900.0}) for minute in range(91)]
    grown = growth(samples)
    assert grown["worker"] == 0
    # The medians of the first twenty samples from minute 10 on, and of the last twenty.
    assert grown["web"] == pytest.approx(140.5 / 115 - 1)
    spike = [*samples[:-1], (45.0, {"web": 144.0, "worker": 9000.0})]
    assert growth(spike)["worker"] == 0
    with pytest.raises(ValueError, match="let it run for longer"):
        growth(samples[:55])


def test_promises_of_a_long_time() -> None:
    kept = {"growth": {"web": 0.05, "worker": -0.2}, "errors": 0, "disconnects": 0}
    assert all(promises(kept).values())
    for change in ({"growth": {"web": 0.051}}, {"errors": 1}, {"disconnects": 1}):
        assert not all(promises(kept | change).values())


@pytest.mark.parametrize("minutes", ["1", "100000", "nan"])
def test_a_long_time_has_an_end(minutes, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--visitors", "60", "--minutes", minutes])
    assert f"expected 31 to 120 minutes, got {minutes}" in capsys.readouterr().err


def test_a_long_time_needs_visitors(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--minutes", "45"])
    assert "--minutes needs --visitors" in capsys.readouterr().err


class WarmingUp(BaseHTTPRequestHandler):
    """A server whose workers are warm when it is asked for the third time."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        missing = {} if self.asked > 2 else {"engine": "The training engine is warming up."}
        self.send_response(503 if missing else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"ready": not missing, "missing": missing}).encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def warming_up() -> Iterator[str]:
    WarmingUp.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), WarmingUp) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_trainings_are_waited_for_only_once_the_workers_are_warm(
    warming_up: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(wait_until_ready(warming_up))
    assert WarmingUp.asked == 3
    WarmingUp.asked = -10_000
    monkeypatch.setattr("benchmarks.hosting.trainings.WARM_SECONDS", 0.1)
    with pytest.raises(NoAnswer, match="warming up"):
        asyncio.run(wait_until_ready(warming_up))


def test_the_tables_of_the_load_say_what_was_measured() -> None:
    times = {"p50": 10.0, "p95": 20.4, "p99": 30.0}
    names = ("draw_ms", "draw_ms_without_trainings", "bare_app_draw_ms", "browser_draw_ms")
    found = {
        **dict.fromkeys((*names, "tick_ms"), times),
        "visitors": 100,
        "errors": 0,
        "disconnects": 1,
        "memory_mb": {"web": 240.4, "worker": 1269.0},
        "idle_visitor_kb": 102.0,
        "training_share_kept": 0.92,
    }
    rows = dict(load.mix_figures(found)[1:])
    assert rows["stroke to probabilities, p50, p95, p99"] == "10, 20, 30 ms"
    assert rows["errors, lost connections"] == "0, 1"
    assert rows["memory"] == "web 240 MB, worker 1,269 MB"
    assert load.growth_figures([found])[1] == ["100", "10", "20", "20", "0"]
