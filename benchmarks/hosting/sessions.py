"""Visitors without a browser: what a browser and Streamlit say to each other, at little cost.

A `Session` is one open page of one visitor, who has cookies of their own. It loads the page, sends
what a browser would send (the values of all controls with every rerun) and notes what comes back.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Selectbox_pb2 import Selectbox
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.hosting.files import Files, NoAnswer

ANSWER_SECONDS = 30.0
# Ids end with the key that the page has given; after Clear the canvas has another one.
CANVAS = re.compile(r"-canvas_\d+$")


class Session:
    """One page that a visitor has open.

    Args:
        address: of the server, such as `http://localhost:8501`.
        source: the visitor's own address; the server lets so many pages of one address in.

    Attributes:
        query: the query string of the page's address, as the app has set it.
        live: where the browser asks for what is new of a run; empty where none is shown.
        words: texts that the last run showed, in order.
        shown: ids of the components that the last run showed.
        pictures: addresses of the pictures that the last run showed.
        errors: error messages that the page has shown.
        lost: whether the server closed the connection.
    """

    def __init__(self, address: str, source: str = "127.0.0.1") -> None:
        self.address = address
        self._source = source
        self.query = ""
        self.live = ""
        self.words: list[str] = []
        self.shown: list[str] = []
        self.pictures: list[str] = []
        self.errors: list[str] = []
        self.lost = False
        self._files = Files(address)
        self._states: dict[str, WidgetState] = {}
        self._fragments: dict[str, str] = {}
        self._page = ""
        self._socket: Any = None
        self._finished = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def open(self, page: str = "", query: str = "") -> None:
        """Load a page as a new visitor, and wait until it is complete.

        Args:
            page: such as `draw`; the start page has no name.
            query: what stands behind the question mark.
        """
        for path in (f"/{page}", "/_stcore/health", "/_stcore/host-config"):
            await self._files.get(path)
        self._socket = await connect(
            f"{self.address.replace('http', 'ws', 1)}/_stcore/stream",
            origin=self.address,  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": self._files.cookies},
            compression=None,
            max_size=None,
            ping_interval=None,
            local_addr=(self._source, 0),
        )
        self._reader = asyncio.create_task(self._read())
        self.query = query
        await self.run(page_name=page)

    async def close(self) -> None:
        """Close the page."""
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()
        self._files.close()

    async def press(self, key: str) -> float:
        """Press a button, and wait until the page has answered; returns the seconds it took."""
        name = self._element_id(key)
        self._states[name] = WidgetState(id=name, trigger_value=True)
        try:
            return await self.run(fragment=self._fragments[name])
        finally:
            del self._states[name]

    async def draw(self, value: str) -> float:
        """Put a drawing onto the canvas and wait for the answer; returns the seconds it took.

        Args:
            value: as the canvas component writes it, in JSON.
        """
        name = next(filter(CANVAS.search, self.shown), None)
        if name is None:
            raise NoAnswer("there is no canvas on the page")
        for old in filter(CANVAS.search, list(self._states)):
            del self._states[old]
        self._states[name] = WidgetState(id=name, json_value=value)
        return await self.run(fragment=self._fragments[name])

    async def poll(self, had: Sequence[int] = (0, 0, 0)) -> dict[str, Any]:
        """Ask for what is new of the run that the page shows.

        Args:
            had: the `cursor` of the answer before.
        """
        step, points, epochs = had
        query = f"step={step}&points={points}&epochs={epochs}"
        news: dict[str, Any] = json.loads(await self._files.get(f"{self.live}?{query}"))
        return news

    async def run(self, *, fragment: str = "", page_name: str = "") -> float:
        """Have the page run again, and wait until it has.

        Args:
            fragment: the part of the page that runs; empty for the whole page.
            page_name: to open another page.

        Returns:
            Seconds from the message to the end of the answer.
        """
        started = time.perf_counter()
        self._finished.clear()
        await self._send(fragment, page_name)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._finished.wait()
        except TimeoutError as error:
            raise NoAnswer(f"no answer within {ANSWER_SECONDS:.0f} s") from error
        if self.lost:
            raise NoAnswer("the server closed the connection")
        return time.perf_counter() - started

    async def _send(self, fragment: str, page_name: str) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self.query
        rerun.widget_states.widgets.extend(self._states.values())
        rerun.page_script_hash = self._page
        rerun.page_name = page_name
        rerun.fragment_id = fragment
        rerun.context_info.timezone = "UTC"
        rerun.context_info.locale = "en-US"
        rerun.context_info.url = f"{self.address}/{page_name}"
        try:
            await self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            self.lost = True
            raise NoAnswer("the server closed the connection") from error

    async def fetch_pictures(self) -> None:
        """Load the pictures that the page shows, as far as they are new."""
        for address in self.pictures:
            await self._files.get(address, once=True)

    async def _read(self) -> None:
        try:
            async for payload in self._socket:
                self._take(ForwardMsg.FromString(payload))
        except ConnectionClosed:
            pass
        finally:
            self.lost = True
            self._finished.set()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "delta":
                self._keep(message.delta)
            case "new_session":
                self.words, self.shown, self.pictures = [], [], []
                self._page = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:
                    self.live = ""
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self._finished.set()

    def _keep(self, delta: Delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "markdown":
            self.words.append(element.markdown.body)
        elif kind == "imgs":
            addresses = [image.url for image in element.imgs.imgs]
            self.pictures += [address for address in addresses if address.startswith("/")]
        elif kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR):
            self.errors.append(str(getattr(element, kind))[:200])
        elif kind == "bidi_component":
            self.shown.append(element.bidi_component.id)
            self._fragments[element.bidi_component.id] = delta.fragment_id
            data = json.loads(element.bidi_component.json or "{}")
            if isinstance(data, list):  # an answer to a drawing, or to none yet
                self.words.append(data[0].get("digit", ""))
            else:
                self.live = data.get("address", self.live)
        elif kind and kind in CONTROLS:
            self._keep_control(kind, element, delta.fragment_id)

    def _keep_control(self, kind: str, element: Element, fragment: str) -> None:
        control = getattr(element, kind)
        self._fragments[control.id] = fragment
        if control.id not in self._states:
            value = CONTROLS[kind](control)
            if value is not None:
                self._states[control.id] = WidgetState(id=control.id, **value)

    def _element_id(self, key: str) -> str:
        for name in self._fragments:
            if name.endswith(f"-{key}"):
                return name
        raise NoAnswer(f"there is no control {key} on the page")


def _number(control: NumberInput) -> Mapping[str, Any]:
    is_whole = control.data_type == NumberInput.INT
    return {"int_value": int(control.default)} if is_whole else {"double_value": control.default}


def _choice(control: Selectbox) -> Mapping[str, Any]:
    chosen = control.HasField("default")
    return {"string_value": control.options[control.default]} if chosen else {}


# The value that a browser sends of a control which nobody has touched; a button has none.
CONTROLS: Mapping[str, Callable[[Any], Mapping[str, Any] | None]] = {
    "button": lambda control: None,
    "checkbox": lambda control: {"bool_value": control.default},
    "number_input": _number,
    "selectbox": _choice,
    "slider": lambda control: {"double_array_value": {"data": list(control.default)}},
    "button_group": lambda control: {"string_array_value": {}},
}
