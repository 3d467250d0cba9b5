"""How many websockets there may be, and how fast they may send."""

import asyncio
import time
from collections import Counter

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from server.cookies import visitor_of
from server.rate_limits import Rate, RateLimit

MOST_OF_VISITOR = 20
# A whole school may share an address, and so may all visitors behind a proxy that is not trusted.
MOST_OF_ADDRESS = 1000
NEW_OF_ADDRESS = Rate(1000, 0.1)
# Faster than anybody clicks; a page that lets a canvas follow a stroke may come near.
MESSAGES = Rate(100, 0.05)
SPOKEN = ("rerun_script", "stop_script", "app_heartbeat")
SECONDS_BETWEEN_SIGNS = 60.0
MALFORMED, UNSUPPORTED, TRY_LATER = 1002, 1003, 1013


# How many websockets this process has open with each visitor whom it knows by a cookie.
_open_with: Counter[str] = Counter()
# When the pages of the others have last said that they are open, by a clock that never jumps.
_said_at: dict[str, float] = {}


def visitors_here() -> list[str]:
    """The visitors who have a page open."""
    long_ago = time.monotonic() - 1.5 * SECONDS_BETWEEN_SIGNS
    for visitor, said in list(_said_at.items()):
        if said < long_ago:
            _said_at.pop(visitor, None)
    return list({*_open_with, *_said_at})


def mark_present(visitor: str) -> None:
    """Note that a page is open of a visitor who has signed in, or whose browser keeps no cookies.

    To be said again every `SECONDS_BETWEEN_SIGNS`.
    """
    _said_at[visitor] = time.monotonic()


class Connections:
    """Middleware that counts websockets by visitor and by address, and slows floods down."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: Counter[str] = Counter()
        self._new = RateLimit(NEW_OF_ADDRESS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a websocket on while there is room for it."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        visitor = visitor_of(scope)
        address = f"address {(scope.get('client') or ['unknown'])[0]}"
        mine = [address, f"visitor {visitor}"] if visitor else [address]
        if self._is_full(mine) or self._new.take(address):
            await _refuse(scope, receive, send)
            return
        self._open.update(mine)
        _open_with.update([visitor] if visitor else [])
        try:
            await self._app(scope, _guarded(receive, send), send)
        finally:
            self._open.subtract(mine)
            _leave(visitor)
            for key in mine:
                if not self._open[key]:
                    del self._open[key]

    def _is_full(self, keys: list[str]) -> bool:
        most = (MOST_OF_ADDRESS, MOST_OF_VISITOR)
        return any(self._open[key] >= limit for key, limit in zip(keys, most, strict=False))


def _leave(visitor: str | None) -> None:
    if visitor and _open_with[visitor] > 1:
        _open_with[visitor] -= 1
    elif visitor:
        del _open_with[visitor]


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    # Only who was let in is told why they have to leave.
    await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
    await send({"type": "websocket.close", "code": TRY_LATER, "reason": "too many connections"})


def _guarded(receive: Receive, send: Send) -> Receive:
    """Receive only what our pages send, and no faster than `MESSAGES`.

    Streamlit also takes messages for developers: to empty caches, to tell of the git repository.
    Those are passed over. Who floods waits, and the network holds them back.
    """
    limit = RateLimit(MESSAGES)

    async def refuse(code: int) -> Message:
        await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def receive_guarded() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if message.get("bytes") is None:
                return await refuse(UNSUPPORTED)
            while wait := limit.take(""):
                await asyncio.sleep(wait)
            try:
                kind = BackMsg.FromString(message["bytes"]).WhichOneof("type")
            except DecodeError:
                return await refuse(MALFORMED)
            if kind in SPOKEN:
                return message

    return receive_guarded
