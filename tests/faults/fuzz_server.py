"""A real server under attack, which keeps the runs of a victim.

The links of two of the runs are known to the attackers, the third and the victim's cookie are not.
"""

import asyncio
import json
import os
import re
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.hosting.servers import Server
from digits.settings import CLASSES
from model_store.records import WEIGHTS, BoardEntry, LabelledDrawing, Run, State
from model_store.store import Store, open_store
from server.cookies import VisitorIds, cookie_secret
from tests.faults import hostile, hostile_traffic
from tests.faults.fuzz_functions import REAL, Report
from trainer.drawing_log import FILE as DRAWING
from trainer.drawing_log import Shares
from trainer.ready_made import FOLDER

MOST_GROWTH_MB = 500
ATTACKERS = 4
MESSAGES_A_SESSION = 20
WITHOUT_WORKERS = {"DASK_SCHEDULER_ADDRESS": "tcp://127.0.0.1:9"}
ON_LOOPBACK = ("--server.address", "127.0.0.1")


class Victim:
    """A visitor with runs and corrections that nobody else may change.

    Args:
        folder: the data folder of the server.
    """

    def __init__(self, folder: Path) -> None:
        self._store: Store = open_store(
            f"sqlite:///{folder / 'playground.db'}", str(folder / "artifacts")
        )
        secret = cookie_secret(folder)
        self.cookie = VisitorIds(secret).new_cookie()
        self.visitor = self.cookie[:32]
        runs = [self._run(state) for state in (State.FINISHED, State.PAUSED, State.FINISHED)]
        self.links = [run.id for run in runs[:2]]
        for label in (3, 1, 4):
            drawing = LabelledDrawing(bytes([label]) * 784, label)
            self._store.corrections.add(self.visitor, drawing)
            self._store.own_digits.add(self.visitor, drawing)
        settings = runs[0].settings
        entry = BoardEntry("Turned", self.visitor, "Calm Otter", settings, 9000, 0.98, time.time())
        self._store.board.publish(entry)
        self._kept = self.state()
        hidden = (self.visitor, secret, runs[2].id, runs[2].name)
        self.secrets = [words.encode() for words in hidden]

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def state(self) -> list[Any]:
        """All that is the victim's, as it is now."""
        runs = self._store.runs.of_visitor(self.visitor)
        files = [
            self._store.artifacts.load(run.id, reference)
            for run in runs
            for reference in run.artifacts.values()
        ]
        kept = self._store.corrections, self._store.own_digits
        published = self._store.board.of_visitor(self.visitor)
        return [runs, files, [each.of_visitor(self.visitor) for each in kept], published]

    def is_untouched(self) -> bool:
        """Whether everything is as it was."""
        return self.state() == self._kept

    def _run(self, state: State) -> Run:
        record = json.loads((FOLDER / "record.json").read_text())
        record.pop("epochs")
        name = f"a network that {os.urandom(4).hex()} named"
        run = self._store.runs.create(
            self.visitor, record["settings"], name, drawing=bytes(784), drawing_label=7
        )
        shares = Shares(np.array([0], np.int32), np.full((1, CLASSES), 0.1, np.float32))
        files = {WEIGHTS: (FOLDER / WEIGHTS).read_bytes(), DRAWING: shares.packed()}
        kept = {name: self._store.artifacts.save(run.id, name, it) for name, it in files.items()}
        record |= {"state": state, "artifacts": kept, "drawing_changes": [[0, 7, None]]}
        if state == State.PAUSED:
            record["step"] //= 2
        self._store.runs.change(run.id, **record)
        made = self._store.runs.get(run.id)
        assert made
        return made


def _memory_mb(target: Server) -> float:
    """Memory of the web process."""
    return float(target.process.memory_info().rss / 2**20)


def _is_alive(target: Server) -> bool:
    """Whether the very process that was started still answers."""
    with suppress(RuntimeError):
        return target.is_healthy()
    return False


def _tracebacks(target: Server) -> Counter[str]:
    """How often the log tells of which kind of error."""
    # At the start of a line, which in a JSON log is behind an escaped line break.
    found = re.findall(r"(?:^|\\n)([\w.]+(?:Error|Exception))\b", target.log(), re.MULTILINE)
    return Counter(found)


async def try_requests(
    target: Server, cases: range, seed: int, victim: Victim, report: Report
) -> None:
    """Send requests that no browser would send."""
    for case in cases:
        dice = Random(f"{seed}-request-{case}")
        report.tried["requests"] += 1
        sent = hostile_traffic.request(dice)
        try:
            answer = await asyncio.wait_for(_answer(target.port, sent), 2)
        except TimeoutError:
            report.seen["request that never ended, unanswered"] += 1
            continue
        status = answer[9:12].decode("latin-1")
        report.seen[f"request {status or 'closed'}"] += 1
        if status.startswith("5") or b"Traceback" in answer:
            report.fail(f"request {seed}-{case}: {answer[:100]!r} to {sent[:300]!r}")
        _look_for_secrets(answer, victim, f"request {seed}-{case}", report)


async def _answer(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with suppress(ConnectionError):
            writer.write(sent)
            await writer.drain()
        answer = b""
        with suppress(ConnectionError):
            while part := await reader.read(2**16):
                answer += part
        return answer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def try_messages(
    target: Server, cases: range, seed: int, victim: Victim, report: Report
) -> None:
    """Open the websocket again and again, and send what no browser would send."""
    left = list(reversed(cases))
    while left:
        dice = Random(f"{seed}-session-{left[-1]}")
        known = hostile_traffic.Known(victim.links)
        report.seen["sessions"] += 1
        try:
            async with _session(target.port, dice) as connection:
                opening = BackMsg()
                opening.rerun_script.query_string = ""
                await connection.send(opening.SerializeToString())
                await _listen(connection, known, "opening", victim, report)
                for _ in range(min(MESSAGES_A_SESSION, len(left))):
                    case = left.pop()
                    report.tried["messages"] += 1
                    sent = hostile_traffic.message(Random(f"{seed}-message-{case}"), known)
                    await connection.send(sent)
                    await _listen(connection, known, f"message {seed}-{case}", victim, report)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            report.seen[f"websocket closed with {code}"] += 1
            if code in (1006, 1011):
                report.fail(f"session before case {seed}-{len(left)}: closed with {code}")
        except (InvalidHandshake, TimeoutError, OSError) as error:
            report.seen[f"websocket refused: {type(error).__name__} {error}"[:80]] += 1
            left and left.pop()
            report.tried["messages"] += 1


def _session(port: int, dice: Random) -> connect:
    cookies = [f"visitor={REAL.new_cookie()}", hostile.cookie(dice, REAL.new_cookie()), ""]
    cookie = dice.choice(cookies).encode("ascii", "ignore").decode()
    # Asking to take over a session, by a made-up id.
    protocols = dice.choice((["streamlit"], ["streamlit", "token", f"{dice.getrandbits(128):x}"]))
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers={"Cookie": "".join(c for c in cookie if c.isprintable())},
        max_size=None,
        open_timeout=30,
    )


async def _listen(
    connection: ClientConnection,
    known: hostile_traffic.Known,
    case: str,
    victim: Victim,
    report: Report,
) -> None:
    """Read what the server says until its script has ended, and learn from it."""
    seconds = 1.0
    while True:
        try:
            said = await asyncio.wait_for(connection.recv(), seconds)
        except TimeoutError:
            return
        seconds = 0.25
        assert isinstance(said, bytes)
        _look_for_secrets(said, victim, case, report)
        message = ForwardMsg()
        message.ParseFromString(said)
        _learn(message, known)
        kind = message.WhichOneof("type")
        if kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception" or b"Traceback" in said:
                report.fail(f"{case}: a traceback on the page: {element.exception.message[:200]}")
            if "Something went wrong" in element.alert.body:
                report.seen["apologies"] += 1
        if kind == "script_finished":
            seconds = 0.02


def _learn(message: ForwardMsg, known: hostile_traffic.Known) -> None:
    """Note the ids of pages, widgets, fragments and drawings."""
    for pages in (message.navigation.app_pages, message.new_session.app_pages):
        known.pages += [
            page.page_script_hash for page in pages if page.page_script_hash not in known.pages
        ]
    if message.delta.fragment_id and message.delta.fragment_id not in known.fragments:
        known.fragments.append(message.delta.fragment_id)
    answer = message.delta.new_element.bidi_component.json
    known.images += re.findall(r'"image": "(\w{8})"', answer)
    for widget in re.findall(rb"\$\$ID-[\w-]+|\$\$GENERATED[\w-]+", message.SerializeToString()):
        if widget.decode() not in known.widgets:
            known.widgets.append(widget.decode())


def _look_for_secrets(said: bytes, victim: Victim, case: str, report: Report) -> None:
    for secret in victim.secrets:
        if secret in said:
            report.fail(f"{case}: was told what only the victim may know: {secret!r}")


async def _attack(
    target: Server, requests: int, messages: int, seed: int, victim: Victim, report: Report
) -> None:
    attackers = [
        attack(target, range(first, cases, ATTACKERS), seed, victim, report)
        for attack, cases in ((try_requests, requests), (try_messages, messages))
        for first in range(ATTACKERS)
    ]
    await asyncio.gather(*attackers)


def try_server(requests: int, messages: int, seed: int, workers: bool, report: Report) -> None:
    """Attack a real server, then see whether all is as it was."""
    variables = {"COOKIE_SECRET": ""} | ({} if workers else WITHOUT_WORKERS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        victim = Victim(folder)
        with closing(victim), Server(folder, options=ON_LOOPBACK, variables=variables) as target:
            asyncio.run(_attack(target, requests // 20, messages // 20, seed, victim, report))
            before = _memory_mb(target)
            asyncio.run(_attack(target, requests, messages, seed, victim, report))
            growth = _memory_mb(target) - before
            report.seen["MB that the web process grew"] = round(growth)
            if growth > MOST_GROWTH_MB:
                report.fail(f"the web process grew by {growth:.0f} MB")
            if not _is_alive(target):
                report.fail("the web process has died")
            if not victim.is_untouched():
                report.fail("what is the victim's was changed")
        for line, count in _tracebacks(target).items():
            report.seen[f"traceback in the log: {line}"] = count
