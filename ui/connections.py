"""How many websockets there may be, and how fast they may send."""

import asyncio
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.rate_limits import Rate, RateLimit
from ui.visitors import visitor_of

MOST_OF_VISITOR = 20
# A whole school may share an address, and so may all visitors behind a proxy that is not trusted.
MOST_OF_ADDRESS = 1000
NEW_OF_ADDRESS = Rate(1000, 0.1)
# A live chart sends five a second.
MESSAGES = Rate(100, 0.05)
UNSUPPORTED, TRY_LATER = 1003, 1013


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
        try:
            await self._app(scope, _paced(receive, send), send)
        finally:
            self._open.subtract(mine)
            for key in mine:
                if not self._open[key]:
                    del self._open[key]

    def _is_full(self, keys: list[str]) -> bool:
        most = (MOST_OF_ADDRESS, MOST_OF_VISITOR)
        return any(self._open[key] >= limit for key, limit in zip(keys, most, strict=False))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    # Only who was let in is told why they have to leave.
    await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
    await send({"type": "websocket.close", "code": TRY_LATER, "reason": "too many connections"})


def _paced(receive: Receive, send: Send) -> Receive:
    """Receive no faster than `MESSAGES`: who floods waits, and the network holds them back."""
    limit = RateLimit(MESSAGES)

    async def receive_in_time() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if message.get("bytes") is None:
            await send({"type": "websocket.close", "code": UNSUPPORTED})
            return {"type": "websocket.disconnect", "code": UNSUPPORTED}
        while wait := limit.take(""):
            await asyncio.sleep(wait)
        return message

    return receive_in_time
