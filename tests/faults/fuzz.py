"""Hostile input by the hundred thousand, and what it did.

    python -m tests.faults.fuzz --cases 100000 --seed 1

Most cases go to the functions that read what visitors send; a twentieth goes as requests, another
as messages over the websocket, to a real server that keeps a victim's runs. The links of two of
them are known to the attackers, the third and the victim's cookie are not. The exit status is 1,
and each case is named, if anything failed.
"""

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil
from pydantic import ValidationError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from digits.drawing import prepare, squeeze
from digits.outlier_detection import doubt
from digits.settings import TrainingSettings, problems
from model_store.records import Correction, Run, State
from model_store.store import Store, open_store
from server.cookies import VisitorIds, cookie_secret
from tests.faults import hostile
from trainer.ready_made import FOLDER, WEIGHTS
from ui.shared.picture import LARGEST_SIDE, decoded
from ui.shared.plain_text import plain

ROOT = Path(__file__).parents[2]
MOST_GROWTH_MB = 500
SECONDS_FOR_A_CASE = 2.0
ATTACKERS = 4
MESSAGES_A_SESSION = 20
REAL = VisitorIds("a secret of thirty-two characters")


@dataclass
class Report:
    """What was tried and what went wrong."""

    tried: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def fail(self, words: str) -> None:
        """Note what must not happen."""
        self.seen["failures"] += 1
        if len(self.failures) < 50:
            self.failures.append(words)


def try_settings(dice: Random) -> str:
    """Settings from a page: refused in words, or within their limits."""
    try:
        made = TrainingSettings.model_validate(hostile.settings(dice))
    except ValidationError as error:
        too_long = [sentence for sentence in problems(error) if len(sentence) > 300]
        if too_long:
            raise AssertionError(too_long[0]) from error
        return "refused"
    assert 0 < made.parameter_count < 10_000_000
    assert TrainingSettings.from_query(made.to_query())[0] == made
    return "taken"


def try_address(dice: Random) -> str:
    """Settings from an address: what cannot be read keeps its default and is said."""
    made, refused = TrainingSettings.from_query(hostile.query(dice))
    assert TrainingSettings.model_validate(made.model_dump()) == made
    for sentence in refused:
        shown = plain(sentence)
        assert not re.search(r"(?<!\\)[\[\]<>`*_$~]", shown.replace("\\\\", "")), shown
        assert "://" not in shown
    return "refused" if refused else "taken"


def try_cookie(dice: Random) -> str:
    """A cookie that was not made by the app is nobody's."""
    real = REAL.new_cookie()
    forged = hostile.cookie(dice, real)
    assert forged == real or REAL.read(forged) is None, forged
    return "refused"


def try_drawing(dice: Random) -> str:
    """A drawing: refused, or read."""
    picture = hostile.picture(dice)
    try:
        pixels = decoded(picture)
    except Exception:  # as `drawing_canvas` does, which tells the visitor
        return "refused"
    assert max(pixels.shape) <= LARGEST_SIDE
    preparation = prepare(pixels)
    assert preparation.image.shape == squeeze(pixels).shape == (28, 28)
    if not preparation.is_blank:
        doubt(preparation)
    return "taken"


FUNCTIONS: dict[str, tuple[int, Callable[[Random], str]]] = {
    "settings": (3, try_settings),
    "addresses": (3, try_address),
    "cookies": (3, try_cookie),
    "drawings": (1, try_drawing),
}


def try_functions(cases: int, seed: int, report: Report) -> None:
    """Hand hostile input to the functions that read what visitors send."""
    kinds = [name for name, (share, _) in FUNCTIONS.items() for _ in range(share)]
    for case in range(cases):
        name = kinds[case % len(kinds)]
        began = time.perf_counter()
        try:
            outcome = FUNCTIONS[name][1](Random(f"{seed}-{case}"))
            report.seen[f"{name} {outcome}"] += 1
        except Exception as error:
            report.fail(f"{name}, case {seed}-{case}: {type(error).__name__}: {error}"[:500])
        if time.perf_counter() - began > SECONDS_FOR_A_CASE:
            report.fail(f"{name}, case {seed}-{case}: took {time.perf_counter() - began:.1f} s")
        report.tried[name] += 1


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
            self._store.corrections.add(self.visitor, Correction(bytes([label]) * 784, label))
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
        return [runs, files, self._store.corrections.of_visitor(self.visitor)]

    def is_untouched(self) -> bool:
        """Whether everything is as it was."""
        return self.state() == self._kept

    def _run(self, state: State) -> Run:
        record = json.loads((FOLDER / "record.json").read_text())
        record.pop("epochs")
        name = f"a network that {os.urandom(4).hex()} named"
        run = self._store.runs.create(self.visitor, record["settings"], name)
        reference = self._store.artifacts.save(run.id, WEIGHTS, (FOLDER / WEIGHTS).read_bytes())
        record |= {"state": state, "artifacts": {WEIGHTS: reference}}
        if state == State.PAUSED:
            record["step"] //= 2
        self._store.runs.change(run.id, **record)
        made = self._store.runs.get(run.id)
        assert made
        return made


class Target:
    """A server under attack.

    Args:
        port: where it listens.
        process: the web process.
        log: the file that it writes to.
    """

    def __init__(self, port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.port = port
        self._process = process
        self._log = log

    def memory_mb(self) -> float:
        """Memory of the web process."""
        return float(psutil.Process(self._process.pid).memory_info().rss / 2**20)

    def is_alive(self) -> bool:
        """Whether the very process that was started still answers."""
        if self._process.poll() is not None:
            return False
        address = f"http://127.0.0.1:{self.port}/ready?exclude=engine"
        with suppress(OSError):
            return bool(urllib.request.urlopen(address, timeout=10).status == 200)
        return False

    def tracebacks(self) -> Counter[str]:
        """How often the log tells of which kind of error."""
        log = self._log.read_text(errors="replace")
        # At the start of a line, which in a JSON log is behind an escaped line break.
        return Counter(re.findall(r"(?:^|\\n)([\w.]+(?:Error|Exception))\b", log, re.MULTILINE))


@contextmanager
def serving(folder: Path, workers: bool) -> Iterator[Target]:
    """A real server with `folder` as its data folder, with or without workers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    environment = {**os.environ, "DATA_FOLDER": str(folder), "COOKIE_SECRET": ""}
    if not workers:
        environment["DASK_SCHEDULER_ADDRESS"] = "tcp://127.0.0.1:9"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    target = Target(port, process, log)
    try:
        until = time.monotonic() + 60
        while not target.is_alive():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start: {log.read_text()}")
            time.sleep(0.2)
        yield target
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def try_requests(
    target: Target, cases: range, seed: int, victim: Victim, report: Report
) -> None:
    """Send requests that no browser would send."""
    for case in cases:
        dice = Random(f"{seed}-request-{case}")
        report.tried["requests"] += 1
        sent = hostile.request(dice)
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
    target: Target, cases: range, seed: int, victim: Victim, report: Report
) -> None:
    """Open the websocket again and again, and send what no browser would send."""
    left = list(reversed(cases))
    while left:
        dice = Random(f"{seed}-session-{left[-1]}")
        known = hostile.Known(victim.links)
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
                    sent = hostile.message(Random(f"{seed}-message-{case}"), known)
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
    connection: ClientConnection, known: hostile.Known, case: str, victim: Victim, report: Report
) -> None:
    """Read what the server says until its script has ended, and learn from it."""
    patience = 1.0
    while True:
        try:
            said = await asyncio.wait_for(connection.recv(), patience)
        except TimeoutError:
            return
        patience = 0.25
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
            patience = 0.02


def _learn(message: ForwardMsg, known: hostile.Known) -> None:
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
    target: Target, requests: int, messages: int, seed: int, victim: Victim, report: Report
) -> None:
    attackers = [
        attack(target, range(first, cases, ATTACKERS), seed, victim, report)
        for attack, cases in ((try_requests, requests), (try_messages, messages))
        for first in range(ATTACKERS)
    ]
    await asyncio.gather(*attackers)


def try_server(requests: int, messages: int, seed: int, workers: bool, report: Report) -> None:
    """Attack a real server, then see whether all is as it was."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mnist").symlink_to(ROOT / "data" / "mnist")
        victim = Victim(folder)
        with closing(victim), serving(folder, workers) as target:
            asyncio.run(_attack(target, requests // 20, messages // 20, seed, victim, report))
            before = target.memory_mb()
            asyncio.run(_attack(target, requests, messages, seed, victim, report))
            growth = target.memory_mb() - before
            report.seen["MB that the web process grew"] = round(growth)
            if growth > MOST_GROWTH_MB:
                report.fail(f"the web process grew by {growth:.0f} MB")
            if not target.is_alive():
                report.fail("the web process has died")
            if not victim.is_untouched():
                report.fail("what is the victim's was changed")
        for line, count in target.tracebacks().items():
            report.seen[f"traceback in the log: {line}"] = count


def fuzz(cases: int, seed: int, workers: bool) -> Report:
    """Try `cases` cases: nine tenths on functions, the others on a server."""
    report = Report()
    try_functions(cases * 9 // 10, seed, report)
    try_server(cases // 20, cases // 20, seed, workers, report)
    return report


def main() -> int:
    """Fuzz, print what happened, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", action="store_true", help="with workers that train, too")
    options = parser.parse_args()
    report = fuzz(options.cases, options.seed, options.workers)
    for title, counts in (("tried", report.tried), ("seen", report.seen)):
        print(title)
        for name, count in sorted(counts.items()):
            print(f"{count:10,}  {name}")
    print(f"failed: {report.seen['failures']}", *report.failures, sep="\n")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
