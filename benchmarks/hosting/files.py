"""Files that a page loads, over one connection, as a browser has it."""

import asyncio
from urllib.parse import urlsplit


class NoAnswer(RuntimeError):
    """The app did not do what was asked of it; the message says what was missing."""


class Files:
    """Files from the server, over one connection that is kept, with the cookies of one visitor."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._jar: dict[str, str] = {}
        self._had: set[str] = set()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def cookies(self) -> str:
        """All cookies, as a request's header names them."""
        return "; ".join(f"{name}={value}" for name, value in self._jar.items())

    async def get(self, path: str, once: bool = False) -> bytes:
        """Get a file; with `once`, nothing if this visitor has it already."""
        if once and path in self._had:
            return b""
        self._had.add(path)
        reader = await self._ask(path)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        length = 0
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self._jar[key] = content
        body = await reader.readexactly(length)
        if " 200 " not in head[0]:
            raise NoAnswer(f"{path[:80]}: {head[0]}")
        return body

    async def _ask(self, path: str) -> asyncio.StreamReader:
        # A server closes a connection over which nothing was asked for some seconds.
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            host, port = self._host.split(":")
            self._streams = await asyncio.open_connection(host, int(port))
        reader, writer = self._streams
        cookie = f"Cookie: {self.cookies}\r\n" if self._jar else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n{cookie}\r\n".encode())
        return reader

    def close(self) -> None:
        """Close the connection."""
        if self._streams:
            self._streams[1].close()
