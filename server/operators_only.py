"""Who may read the figures of this process: operators, not visitors."""

from ipaddress import IPv6Address, ip_address
from secrets import compare_digest

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from config.environment import variable

PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class OperatorsOnly:
    """Middleware that keeps visitors from `/metrics` and from Streamlit's `/_stcore/metrics`.

    With METRICS_TOKEN set, whoever bears it may read them; otherwise this machine alone may, and
    not through a proxy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        is_guarded = scope["type"] == "http" and scope["path"].rstrip("/").endswith("/metrics")
        if is_guarded and not _is_operator(scope):
            refusal = PlainTextResponse("For operators only, see docs/operations.md.\n", 403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_operator(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    token = variable("METRICS_TOKEN")
    if token:
        shown = headers.get("authorization", "")
        return compare_digest(shown.encode(), f"Bearer {token}".encode())
    came_through_proxy = any(name in headers for name in PROXY_HEADERS)
    return not came_through_proxy and _is_this_machine(scope)


def _is_this_machine(scope: Scope) -> bool:
    if not scope.get("client"):
        return False
    try:
        address = ip_address(scope["client"][0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
