"""The end of the server, which load balancers are told of before it comes."""

import asyncio
import signal
from threading import current_thread, main_thread
from types import FrameType

# Long enough for Kubernetes to take a replica that is ending out of its list.
SECONDS_TO_BE_TURNED_AWAY_FROM = 1.0

_signals: list[int] = []  # those that came; a lock would hang where two come at once


def is_ending() -> bool:
    """Whether this process has been told to end."""
    return bool(_signals)


def announce_shutdown() -> None:
    """From SIGTERM on, let `/ready` say no, and end only when load balancers have seen it.

    To be called in the event loop of the server, once that listens to signals.
    """
    if current_thread() is not main_thread():
        return  # nobody can send a signal to a server that a test runs in a thread
    loop = asyncio.get_running_loop()
    end = signal.getsignal(signal.SIGTERM)
    assert callable(end)

    def on_signal(number: int, frame: FrameType | None) -> None:
        _signals.append(number)
        loop.call_soon_threadsafe(
            loop.call_later, SECONDS_TO_BE_TURNED_AWAY_FROM, end, number, frame
        )

    signal.signal(signal.SIGTERM, on_signal)
