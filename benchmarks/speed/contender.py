"""One program of a comparison in a process of its own, so that none disturbs another.

The process stays alive and warm between the rounds and sleeps until it is asked to train again.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, NamedTuple
from unittest import mock

from digits.dataset import DEFAULT_FOLDER, load_mnist
from digits.settings import TrainingSettings

READY_SECONDS = 180.0
EPOCH_SECONDS = 60.0
CLOSE_SECONDS = 30.0
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}
STOP = 0


class Lap(NamedTuple):
    """One training from fresh weights: seconds that it took, and the mean loss of each epoch."""

    seconds: float
    losses: list[float]


class Contender:
    """Starts a peer in its process and has it train. Once it has failed, it is left alone.

    Args:
        module: the module in `benchmarks.speed.peers`.
        settings: what to train.
        environment: variables that its process has and this one has not.

    Attributes:
        laps: what was measured.
        peak_memory_mb: known after `close`.
        problem: why it cannot take part; empty while it can.
    """

    def __init__(
        self, module: str, settings: TrainingSettings, environment: Mapping[str, str]
    ) -> None:
        self.laps: list[Lap] = []
        self.peak_memory_mb = 0.0
        self.problem = ""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, module, settings))
        with mock.patch.dict(os.environ, {**QUIET, **environment}):
            self._process.start()
        theirs.close()

    def wait_until_warm(self) -> None:
        """Wait until the peer has trained its first epoch, which no measurement counts."""
        self._receive(READY_SECONDS)

    def train(self, epochs: int) -> None:
        """Have the peer train from fresh weights, and note what it took."""
        answer = self._ask(epochs, epochs * EPOCH_SECONDS)
        self.laps += [Lap(*answer)] if answer else []

    def close(self) -> None:
        """Ask for the peak memory and end the process."""
        answer = self._ask(STOP, CLOSE_SECONDS)
        self.peak_memory_mb = answer[0] if answer else 0.0
        self._process.join(CLOSE_SECONDS if answer else 0)
        self._process.kill()

    def _ask(self, request: int, seconds: float) -> tuple[Any, ...]:
        if self.problem:
            return ()
        self._connection.send(request)
        return self._receive(seconds)

    def _receive(self, seconds: float) -> tuple[Any, ...]:
        try:
            answer = self._connection.recv() if self._connection.poll(seconds) else None
        except EOFError:
            answer = "its process ended unexpectedly"
        if isinstance(answer, tuple):
            return answer
        self.problem = answer or f"no answer within {seconds:.0f} s"
        self._process.kill()
        return ()


def _serve(connection: Connection, module: str, settings: TrainingSettings) -> None:
    """Answer to a `Contender`: with a tuple, or with a sentence about what is wrong."""
    # What libraries log would tear the tables apart; what goes wrong is answered below.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    try:
        peer = import_module(f"benchmarks.speed.peers.{module}").Peer(
            load_mnist(DEFAULT_FOLDER), settings
        )
        peer.train(1)
        connection.send(())
        while epochs := connection.recv():
            started = time.perf_counter()
            losses = peer.train(epochs)
            connection.send((time.perf_counter() - started, losses))
        connection.send((peer.peak_memory_mb(),))
        peer.close()
    except ImportError as error:
        connection.send(str(error))
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
