"""What a hostile visitor may send to a server: requests, and messages over the websocket.

Only what this program handles itself is tried: what Streamlit alone reads, its own tests try.
"""

import json
import time
from random import Random
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from digits.challenges import CHALLENGES
from tests.faults.hostile import drawing, number, query, text, value
from ui.models.pseudonyms import ADJECTIVES, ANIMALS
from ui.models.requests import ACTIONS

METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW")
PATHS = (
    "_stcore/health",
    "_stcore/agent/interact",
    "_stcore/metrics",
    "assets/plotly.min.js",
    "keras/nothing",
    "keras/%00",
    "live/nothing",
    "answers/nothing/nothing",
    "answers/%00/%00",
    "neighbours/nothing",
    "neighbours/ready-made?image=AAAA",
    "neighbours/%00?image=%00",
    "test-images/nothing",
    "curves/nothing",
    "curves/%00",
    "comparison",
    "comparison?runs=" + "a%2C" * 1000 + "%00",
    "sweep-cost?run=ready-made&rate=x,%00&epochs=1,2",
    "disagreements?runs=nothing,%00,ready-made",
    "live/nothing?step=-1&points=99999999999999999999&epochs=x",
    "",
    "draw",
    "inside",
    "learn",
    "models",
)
HEADERS = (
    "Cookie",
    "Range",
    "Origin",
    "X-Forwarded-Proto",
    "X-Forwarded-For",
    "Accept-Encoding",
)
LENGTHS = ("Content-Length: -1", "Transfer-Encoding: chunked", "Content-Length: 99999999999")
# Other messages than those that pages send: the server takes none of them.
FLAGS = (
    "clear_cache",
    "set_run_on_save",
    "stop_script",
    "load_git_info",
    "debug_disconnect_websocket",
    "debug_shutdown_runtime",
)


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
        self.forgeries += ["own_ten", "forget_own", "bring_back_own"]
        self.forgeries += ["follow_drawing", "drawing_epoch"]
        self.forgeries += ["change_run", "one_step", "one_epoch", "leave_task", "task_link"]
        self.forgeries += ["slow_motion_step", "slow_next", "slow_go_on"]
        self.forgeries += ["task_text", "task_hidden", "task_locked"]
        actions = ("delete", "open", "drawing_label")
        self.forgeries += [f"{action}_{link}" for action in actions for link in links]


def request(dice: Random) -> bytes:
    """A request over HTTP, well made or not."""
    method = dice.choice(METHODS)
    headers = [f"Host: {dice.choice(('localhost', 'localhost', text(dice)))}"]
    headers += [f"{name}: {text(dice)}" for name in HEADERS if dice.random() < 0.15]
    body = b""
    if dice.random() < 0.2:
        body = dice.randbytes(dice.choice((1, 1000, 200_000)))
        headers.append(dice.choice((f"Content-Length: {len(body)}", *LENGTHS)))
    start = f"{method} /{_path(dice)[:8000]} HTTP/1.1"
    lines = [line.replace("\r", "").replace("\n", "") for line in (start, *headers)]
    if dice.random() < 0.05:
        lines[dice.randrange(len(lines))] = text(dice)
    whole = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "replace")
    return whole + body


def _path(dice: Random) -> str:
    path = dice.choice(PATHS) if dice.random() < 0.6 else quote(text(dice), safe=dice.choice("/.%"))
    if dice.random() < 0.3:
        path += "?" + "&".join(f"{quote(k)}={quote(v)}" for k, v in query(dice).items())
    return path


def message(dice: Random, known: Known) -> bytes:
    """A message over the websocket: mostly a rerun with forged values, sometimes no message."""
    kind = dice.randrange(40)
    if kind == 0:
        return dice.randbytes(dice.randrange(1, 300))
    back = BackMsg()
    if kind <= len(FLAGS):
        setattr(back, FLAGS[kind - 1], True)
        return bytes(back.SerializeToString())
    rerun = back.rerun_script
    _address(dice, known, rerun)
    for widget in dice.sample(known.widgets, min(len(known.widgets), dice.randrange(6))):
        rerun.widget_states.widgets.append(_forged(dice, widget, known))
    if dice.random() < 0.3:
        forged = f"$$ID-{dice.getrandbits(128):032x}-{dice.choice(known.forgeries)}"
        rerun.widget_states.widgets.append(widget_state(dice, forged))
    if dice.random() < 0.1:
        rerun.context_info.timezone = sendable(text(dice))
        rerun.context_info.url = sendable(text(dice))
    sent = bytes(back.SerializeToString())
    return sent[: dice.randrange(len(sent))] if kind == 8 else sent


def _address(dice: Random, known: Known, rerun: ClientState) -> None:
    """The page, the run and the fragment that a rerun is about."""
    rerun.query_string = "&".join(
        f"{quote(sendable(name))}={quote(sendable(words))}" for name, words in query(dice).items()
    )
    if dice.random() < 0.4:
        rerun.query_string = f"run={dice.choice(known.links)}"
    rerun.page_script_hash = dice.choice([*known.pages, *known.pages, sendable(text(dice)), ""])
    if known.fragments and dice.random() < 0.3:
        rerun.fragment_id = dice.choice([*known.fragments, sendable(text(dice))])
        rerun.is_auto_rerun = dice.random() < 0.5


def _forged(dice: Random, widget: str, known: Known) -> WidgetState:
    """A value that a widget seen on the page may not send."""
    if "canvas_tools" in widget and dice.random() < 0.8:
        brush = dice.choice(("thin", "middle", "thick", value(dice)))
        return WidgetState(id=widget, json_value=sendable(json.dumps({"brush": brush})))
    if "canvas" in widget and dice.random() < 0.8:
        return WidgetState(id=widget, json_value=sendable(json.dumps(drawing(dice))))
    if "answer" in widget and dice.random() < 0.8:
        return answered(dice, widget, known.images)
    if "own_round" in widget and dice.random() < 0.8:
        what = dice.choice(("next", "skip", "redo", "stop", value(dice)))
        sent = {"what": what, "digit": dice.choice((dice.randrange(-1, 11), value(dice)))}
        return pressed(widget, "pressed", dice.choice((sent, sent, value(dice))))
    if "kept" in widget and dice.random() < 0.8:
        return pressed(widget, "taken_back", dice.choice((dice.randrange(-1, 99), value(dice))))
    if "drawing_label" in widget and dice.random() < 0.8:
        state = WidgetState(id=widget)
        labels = (str(dice.randrange(-1, 11)), sendable(text(dice)))
        state.string_array_value.data.extend(dice.choices(labels, k=dice.randrange(3)))
        return state
    if "runs" in widget and dice.random() < 0.8:
        return pressed(widget, "asked", _asked_of_models(dice, known.links))
    if dice.random() < 0.4:
        return WidgetState(id=widget, trigger_value=True)
    return widget_state(dice, widget)


def _asked_of_models(dice: Random, links: list[str]) -> object:
    """What the table of runs asks, about the runs of others as a rule."""
    what = dice.choice((*ACTIONS, value(dice)))
    runs = dice.choice(([dice.choice(links)], [*links, text(dice)], value(dice)))
    axes = {text(dice): text(dice), "rate": dice.choice(("0.1, 0.2", text(dice)))}
    sent = {
        "what": what,
        "runs": runs,
        "name": dice.choice((text(dice), f"{dice.choice(ADJECTIVES)} {dice.choice(ANIMALS)}")),
        "axes": dice.choice((axes, value(dice))),
        "challenge": dice.choice((*(each.name for each in CHALLENGES), value(dice))),
        "number": dice.choice((time.time_ns() // 1_000_000, value(dice))),
    }
    if dice.random() < 0.5:  # whole, or it would be refused before anything is looked at
        sent |= {"axes": axes, "challenge": dice.choice(CHALLENGES).name}
    return dice.choice(([sent], [value(dice), sent], sent, value(dice)))


def widget_state(dice: Random, widget: str) -> WidgetState:
    """A value of any kind for the widget with this id."""
    state = WidgetState(id=widget)
    match dice.randrange(8):
        case 0:
            state.trigger_value = True
        case 1:
            state.bool_value = dice.random() < 0.5
        case 2:
            state.double_array_value.data.extend(number(dice) for _ in range(dice.randrange(4)))
        case 3:
            state.int_value = dice.randrange(-(2**63), 2**63) >> dice.randrange(63)
        case 4 | 5:
            state.string_value = sendable(text(dice))
        case 6:
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
        return pressed(widget, name, label)
    return WidgetState(id=widget, json_value=sendable(json.dumps({name: given})))


def pressed(widget: str, event: str, given: object) -> WidgetState:
    """What is pressed in a component, where Streamlit's page sends it."""
    events = sendable(json.dumps([{"event": event, "value": given}]))
    return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{widget}__events", json_trigger_value=events)


def sendable(words: str) -> str:
    """Text as protobuf takes it."""
    return words.encode("utf-8", "replace").decode()
