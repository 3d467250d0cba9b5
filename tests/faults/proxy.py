"""A proxy in front of a server, which can swallow all that passes through it."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Proxy:
    """Passes connections on to a port of this machine.

    Args:
        to_port: where the server listens.

    Attributes:
        port: where the proxy listens.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._swallows = Event()
        self._ended = Event()
        self._swallowed: set[socket.socket] = set()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._thread = Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Swallow all that comes for a while, and take new connections to swallow theirs."""
        self._swallows.set()
        try:
            yield
        finally:
            # What was swallowed is lost: those connections never speak again.
            self._swallowed.update(self._pairs)
            self._swallows.clear()

    def forget_connections(self) -> None:
        """Swallow all that comes over the connections of this moment, for ever."""
        self._swallowed.update(self._pairs)

    def close(self) -> None:
        """End it, with all connections."""
        self._ended.set()
        self._thread.join()

    def _pass_on(self) -> None:
        while not self._ended.is_set():
            ready, _, _ = select.select([self._listener, *self._pairs], [], [], 0.05)
            for each in ready:
                if each is self._listener:
                    self._accept()
                elif each in self._pairs:
                    self._move(each)
        for each in (self._listener, *self._pairs):
            each.close()

    def _accept(self) -> None:
        inside, _ = self._listener.accept()
        outside = socket.create_connection(("127.0.0.1", self._to_port))
        self._pairs |= {inside: outside, outside: inside}
        if self._swallows.is_set():
            self._swallowed |= {inside, outside}

    def _move(self, source: socket.socket) -> None:
        target = self._pairs[source]
        content = b""
        with suppress(ConnectionError):
            content = source.recv(2**16)
        is_lost = self._swallows.is_set() or source in self._swallowed
        if content and is_lost:
            return
        if content:
            with suppress(ConnectionError):
                target.sendall(content)
            return
        for each in (source, target):
            self._pairs.pop(each)
            self._swallowed.discard(each)
            each.close()
