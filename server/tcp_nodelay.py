"""Answers go out at once, instead of waiting until the browser has confirmed the one before.

Streamlit opens its port by a socket that does not say it is TCP, so that asyncio does not turn
Nagle's algorithm off for those who connect: each second small message waits up to 40 ms.
Source: https://github.com/Kludex/uvicorn/issues/3149
"""

import os
import socket
from contextlib import suppress


def send_without_delay() -> None:
    """Turn Nagle's algorithm off on every port this process listens on.

    On Linux and macOS, the connections to come inherit it.
    """
    with suppress(FileNotFoundError):  # Windows has no such folder
        for number in map(int, os.listdir("/dev/fd")):
            with suppress(OSError), _as_socket(number) as candidate:
                if candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)


def _as_socket(number: int) -> socket.socket:
    """A second handle on an open file, to be asked whether it is a socket at all."""
    return socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)
