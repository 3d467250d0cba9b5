"""What a hostile visitor may send: settings, addresses, cookies, drawings, requests, messages.

Everything comes from one `random.Random`, so a seed names a case.
"""

import base64
import json
import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from digits.settings import TrainingSettings

TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\ufffd\u202e\u2066",
    "\U0001f4a3" * 50,
    "../../../etc/passwd",
    "..\\..\\windows",
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "![](https://evil.example/x.png)",
    "' OR 1=1 --",
    "{{7*7}}${7*7}%s%n",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-0",
    "1_000",
    "١٢",
    "9" * 5000,
    "0x10",
    "1-" * 3000,
    "-",
    "null",
    "true",
    "[]",
    "__proto__",
    "ready-made",
    "\r\nSet-Cookie: visitor=x",
)
NUMBERS = (0, -1, 1, 2**31, -(2**31), 2**63 - 1, 0.1, -0.0, 1e308, float("inf"), float("nan"))
PARAMETERS = [field.alias or name for name, field in TrainingSettings.model_fields.items()]
PAGES = ("", "draw", "learn", "models")


def text(dice: Random) -> str:
    """Any text: one of those that have broken programs, or random letters."""
    match dice.randrange(4):
        case 0:
            return "".join(
                chr(dice.choice((dice.randrange(128), dice.randrange(0xD800))))
                for _ in range(dice.randrange(60))
            )
        case 1:
            return dice.choice(TEXTS) + dice.choice(TEXTS)
        case 2:
            return str(number(dice))
        case _:
            return dice.choice(TEXTS)


def number(dice: Random) -> float:
    """Any number, also such as are none."""
    return dice.choice((*NUMBERS, dice.randrange(100), dice.uniform(-1e6, 1e6)))


def value(dice: Random, depth: int = 2) -> Any:
    """Anything that JSON can say."""
    match dice.randrange(7 if depth else 5):
        case 0:
            return None
        case 1:
            return dice.random() < 0.5
        case 2:
            return number(dice)
        case 3 | 4:
            return text(dice)
        case 5:
            return [value(dice, depth - 1) for _ in range(dice.randrange(8))]
        case _:
            return {text(dice): value(dice, depth - 1) for _ in range(dice.randrange(5))}


def settings(dice: Random) -> dict[str, Any]:
    """Settings as a page would pass them on, by the names of their fields or by others."""
    names = [*TrainingSettings.model_fields, *PARAMETERS, text(dice)]
    return {name: value(dice) for name in dice.sample(names, dice.randrange(1, 6))}


def query(dice: Random) -> dict[str, str]:
    """The parameters of an address."""
    names = [*PARAMETERS, "run", "run", "embed", "embed_options", text(dice)]
    return {dice.choice(names): text(dice) for _ in range(dice.randrange(5))}


def cookie(dice: Random, real: str) -> str:
    """A visitor's cookie that was not made by the app, `real` being one that was."""
    match dice.randrange(5):
        case 0:
            return text(dice)
        case 1:
            return f"{dice.getrandbits(128):032x}"
        case 2:
            place = dice.randrange(len(real) - 1)
            return real[:place] + dice.choice("0123456789abcdefXY.") + real[place + 1 :]
        case 3:
            return f"{dice.getrandbits(128):032x}" + real[32:]
        case _:
            return real[: dice.randrange(len(real))]


def picture(dice: Random) -> bytes:
    """A file in place of the picture of the canvas."""
    match dice.randrange(8):
        case 0:
            return dice.randbytes(dice.randrange(200))
        case 1:
            return bomb(dice.choice((400, 1280, 1281, 20_000, 60_000, 2**31 - 1)))
        case 2:
            whole = png(pixels(dice))
            return whole[: dice.randrange(len(whole))]
        case 3:
            broken = bytearray(png(pixels(dice)))
            for _ in range(dice.randrange(1, 5)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            return bytes(broken)
        case 4:
            kind = dice.choice(("GIF", "BMP", "TIFF", "JPEG", "PPM", "WEBP", "PDF", "EPS"))
            file = BytesIO()
            Image.fromarray(pixels(dice)).convert("RGB").save(file, kind)
            return file.getvalue()
        case _:
            return png(pixels(dice))


def pixels(dice: Random) -> np.ndarray:
    """A picture of any size and mode, noise or strokes."""
    height, width = (dice.choice((1, 2, 3, 28, 100, 320, 640)) for _ in range(2))
    shape = (height, width, *dice.choice(((), (2,), (3,), (4,))))
    noise = np.frombuffer(dice.randbytes(int(np.prod(shape))), np.uint8).reshape(shape)
    match dice.randrange(4):
        case 0:
            return noise
        case 1:
            return np.full(shape, dice.randrange(256), np.uint8)
        case 2:
            return np.where(noise > 250, 255, 0).astype(np.uint8)
        case _:
            drawn = np.zeros(shape, np.uint8)
            top, left = dice.randrange(height), dice.randrange(width)
            drawn[top : top + dice.randrange(1, 300), left : left + dice.randrange(1, 40)] = 255
            return drawn


def png(picture: np.ndarray) -> bytes:
    """A picture as a PNG file."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def bomb(side: int) -> bytes:
    """A small PNG that says it is a large square, of one colour."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(min(side * 3 + 1, 100_000) * 50), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def drawing(dice: Random) -> Any:
    """What the canvas may seem to have sent."""
    data = "data:image/png;base64," + base64.b64encode(picture(dice)).decode()
    match dice.randrange(6):
        case 0:
            return value(dice)
        case 1:
            return {"drawing": value(dice), "backgroundFit": value(dice)}
        case 2:
            return {"drawing": {"raw": value(dice), "data": text(dice)}}
        case _:
            return {"drawing": {"raw": {"objects": []}, "data": data}}


def request(dice: Random) -> bytes:
    """A request over HTTP, well made or not."""
    method = dice.choice(("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"))
    known = (
        "_stcore/health",
        "_stcore/host-config",
        "_stcore/upload_file/a/b",
        "_stcore/agent/interact",
        "_stcore/metrics",
        "_stcore/bidi-components/streamlit-drawable-canvas.streamlit_drawable_canvas/index.js",
        "media/" + "0" * 56 + ".png",
        "component/a/b.js",
        "static/js/../../../config.py",
        "auth/login",
        "auth/logout",
        "oauth2callback",
        "assets/plotly.min.js",
        "keras/nothing",
        "keras/%00",
        "live/nothing",
        "live/nothing?step=-1&points=99999999999999999999&epochs=x",
        *PAGES,
    )
    path = dice.choice(known) if dice.random() < 0.6 else quote(text(dice), safe=dice.choice("/.%"))
    if dice.random() < 0.3:
        path += "?" + "&".join(f"{quote(k)}={quote(v)}" for k, v in query(dice).items())
    headers = [f"Host: {dice.choice(('localhost', 'localhost', text(dice)))}"]
    optional = (
        "Cookie",
        "Range",
        "Origin",
        "X-Forwarded-Proto",
        "X-Forwarded-For",
        "Accept",
        "If-None-Match",
        "If-Modified-Since",
        "Accept-Encoding",
        "Upgrade",
    )
    headers += [f"{name}: {text(dice)}" for name in optional if dice.random() < 0.15]
    body = b""
    if dice.random() < 0.2:
        body = dice.randbytes(dice.choice((1, 1000, 200_000)))
        headers.append(
            dice.choice(
                (
                    f"Content-Length: {len(body)}",
                    "Content-Length: -1",
                    "Transfer-Encoding: chunked",
                    "Content-Length: 99999999999",
                )
            )
        )
    start = f"{method} /{path[:8000]} HTTP/1.1"
    lines = [line.replace("\r", "").replace("\n", "") for line in (start, *headers)]
    if dice.random() < 0.05:
        lines[dice.randrange(len(lines))] = text(dice)
    whole = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "replace")
    return whole + body


def widget_state(dice: Random, widget: str) -> WidgetState:
    """A value of any kind for the widget with this id."""
    state = WidgetState(id=widget)
    match dice.randrange(10):
        case 0:
            state.trigger_value = True
        case 1:
            state.bool_value = dice.random() < 0.5
        case 2:
            state.double_value = number(dice)
        case 3:
            state.int_value = dice.randrange(-(2**63), 2**63) >> dice.randrange(63)
        case 4:
            state.string_value = sendable(text(dice))
        case 5:
            state.double_array_value.data.extend(number(dice) for _ in range(dice.randrange(4)))
        case 6:
            numbers = [dice.randrange(-(2**40), 2**40) >> dice.randrange(40) for _ in range(3)]
            state.int_array_value.data.extend(numbers[: dice.randrange(4)])
        case 7:
            state.string_array_value.data.extend(sendable(text(dice)) for _ in range(3))
        case 8:
            state.json_value = sendable(dice.choice((json.dumps(value(dice)), text(dice))))
        case _:
            state.json_trigger_value = sendable(json.dumps(value(dice)))
    return state


def answered(dice: Random, widget: str, images: list[str]) -> WidgetState:
    """What the switches and buttons beside an answer would send, with another value."""
    name = dice.choice(("prepared", "calibrated", "correction"))
    given = dice.choice((dice.randrange(-1, 11), dice.random() < 0.5, value(dice)))
    if name == "correction":
        image = dice.choice((*images, f"{dice.getrandbits(32):08x}", value(dice)))
        label = dice.choice((given, {"image": image, "digit": given}))
        events = sendable(json.dumps([{"event": name, "value": label}]))
        # Where Streamlit's page sends what is pressed in a component.
        return WidgetState(
            id=f"$$STREAMLIT_INTERNAL_KEY_{widget}__events", json_trigger_value=events
        )
    return WidgetState(id=widget, json_value=sendable(json.dumps({name: given})))


def sendable(words: str) -> str:
    """Text as protobuf takes it."""
    return words.encode("utf-8", "replace").decode()


def message(dice: Random, known: "Known") -> bytes:
    """A message over the websocket: mostly a rerun with forged values, sometimes no message."""
    kind = dice.randrange(40)
    if kind == 0:
        return dice.randbytes(dice.randrange(1, 300))
    back = BackMsg()
    if kind == 1:
        back.file_urls_request.request_id = sendable(text(dice))
        back.file_urls_request.file_names.extend(["a"] * dice.randrange(50))
        back.file_urls_request.session_id = sendable(text(dice))
        return bytes(back.SerializeToString())
    if kind in range(2, 8):
        flag = (
            "clear_cache",
            "set_run_on_save",
            "stop_script",
            "load_git_info",
            "debug_disconnect_websocket",
            "debug_shutdown_runtime",
        )[kind - 2]
        setattr(back, flag, True)
        return bytes(back.SerializeToString())
    rerun = back.rerun_script
    rerun.query_string = "&".join(
        f"{quote(sendable(name))}={quote(sendable(words))}" for name, words in query(dice).items()
    )
    if dice.random() < 0.4:
        rerun.query_string = f"run={dice.choice(known.links)}"
    rerun.page_script_hash = dice.choice([*known.pages, *known.pages, sendable(text(dice)), ""])
    if dice.random() < 0.1:
        rerun.page_name = sendable(text(dice))
    if known.fragments and dice.random() < 0.3:
        rerun.fragment_id = dice.choice([*known.fragments, sendable(text(dice))])
        rerun.is_auto_rerun = dice.random() < 0.5
    for widget in dice.sample(known.widgets, min(len(known.widgets), dice.randrange(6))):
        if "canvas" in widget and dice.random() < 0.8:
            state = WidgetState(id=widget, json_value=sendable(json.dumps(drawing(dice))))
        elif "answer" in widget and dice.random() < 0.8:
            state = answered(dice, widget, known.images)
        elif dice.random() < 0.4:
            state = WidgetState(id=widget, trigger_value=True)
        else:
            state = widget_state(dice, widget)
        rerun.widget_states.widgets.append(state)
    if dice.random() < 0.3:
        forged = f"$$ID-{dice.getrandbits(128):032x}-{dice.choice(known.forgeries)}"
        rerun.widget_states.widgets.append(widget_state(dice, forged))
    if dice.random() < 0.1:
        rerun.cached_message_hashes.append(sendable(text(dice)))
    if dice.random() < 0.1:
        rerun.context_info.timezone = sendable(text(dice))
        rerun.context_info.url = sendable(text(dice))
    sent = bytes(back.SerializeToString())
    return sent[: dice.randrange(len(sent))] if kind == 8 else sent


class Known:
    """What an attacker has seen so far of the app.

    Args:
        links: ids of runs whose links were shown around.
    """

    def __init__(self, links: list[str]) -> None:
        self.links = links
        self.pages: list[str] = []
        self.widgets: list[str] = []
        self.fragments: list[str] = []
        self.images: list[str] = []
        self.forgeries = ["stop", "pause", "resume", "more_epochs", "teach", "forget", "train"]
        self.forgeries += [f"{action}_{link}" for action in ("delete", "open") for link in links]
