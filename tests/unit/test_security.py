"""The middleware in front of every page: headers, hosts, sizes, connections."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from server import connections
from server.connections import MOST_OF_VISITOR, Connections
from server.cookies import visitor_ids
from server.rate_limits import Rate
from server.security import allowed_hosts, protection, security_headers


def said(words: str) -> bytes:
    """Return a message such as pages send."""
    return bytes(BackMsg(rerun_script=ClientState(query_string=words)).SerializeToString())


async def page(request):
    return HTMLResponse("page")


async def echo(websocket: WebSocket) -> None:
    await websocket.accept(websocket.scope["subprotocols"][0])
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())


def app_with(middleware: list[Middleware]) -> TestClient:
    routes = [Route("/", page, methods=["GET", "POST", "PUT"]), WebSocketRoute("/stream", echo)]
    return TestClient(Starlette(routes=routes, middleware=middleware))


@pytest.fixture
def client(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    visitor_ids.cache_clear()
    yield app_with(protection)
    visitor_ids.cache_clear()


def stream(client: TestClient, cookie: str | None = None):
    headers = {"cookie": f"visitor={cookie}"} if cookie else {}
    return client.websocket_connect("/stream", subprotocols=["streamlit"], headers=headers)


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    script_sources = policy.split("script-src ")[1].split(";")[0]
    assert "'unsafe-inline'" not in script_sources
    assert "'unsafe-eval'" not in script_sources
    assert "sha256-" in script_sources
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_other_sites_may_be_allowed_to_show_it_in_a_frame() -> None:
    headers = security_headers("https://huggingface.co")
    assert headers["Content-Security-Policy"].endswith("frame-ancestors https://huggingface.co")
    assert "X-Frame-Options" not in headers
    assert security_headers("'none'")["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_uploaded(client: TestClient, method: str) -> None:
    refused = client.request(method, "/")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_request_with_a_body_is_refused(client: TestClient) -> None:
    assert client.request("GET", "/", content=b"x" * 1000).status_code == 413
    assert client.request("GET", "/", content=iter([b"x"])).status_code == 413
    assert client.get("/").status_code == 200


def test_only_known_hosts_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert allowed_hosts() == ["*"]
    monkeypatch.setenv("ALLOWED_HOSTS", "digits.example, *.digits.example,localhost")
    assert allowed_hosts() == ["digits.example", "*.digits.example", "localhost"]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(), www_redirect=False)
    client = app_with([hosts])
    for host, status in {
        "digits.example": 200,
        "eu.digits.example:443": 200,
        "localhost:8501": 200,
        "evil.example": 400,
        "digits.example.evil.example": 400,
        "evildigits.example": 400,
    }.items():
        assert client.get("/", headers={"host": host}).status_code == status, host
        if status == 400:
            with (
                pytest.raises(WebSocketDenialResponse),
                client.websocket_connect("/stream", headers={"host": host}),
            ):
                pass


def test_a_visitor_has_so_many_connections_and_no_more(client: TestClient) -> None:
    mine, other = visitor_ids().new_cookie(), visitor_ids().new_cookie()
    with ExitStack() as opened:
        for _ in range(MOST_OF_VISITOR):
            opened.enter_context(stream(client, mine))
        with stream(client, mine) as refused:
            with pytest.raises(WebSocketDisconnect) as told:
                refused.receive_bytes()
            assert told.value.code == 1013
        with stream(client, other) as another:
            another.send_bytes(said("hello"))
            assert another.receive_bytes() == said("hello")
    with stream(client, mine) as again:
        again.send_bytes(said("back"))
        assert again.receive_bytes() == said("back")


def test_new_connections_of_an_address_are_limited(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "NEW_OF_ADDRESS", Rate(3, 60.0))
    client = app_with([Middleware(Connections)])
    codes = []
    for _ in range(5):
        with stream(client) as connection:
            connection.send_bytes(said("x"))
            try:
                connection.receive_bytes()
                codes.append(0)
            except WebSocketDisconnect as told:
                codes.append(told.code)
    assert codes == [0, 0, 0, 1013, 1013]


def test_messages_for_developers_are_passed_over(client: TestClient) -> None:
    with stream(client) as connection:
        for message in (BackMsg(clear_cache=True), BackMsg(load_git_info=True), BackMsg()):
            connection.send_bytes(message.SerializeToString())
        connection.send_bytes(said("only this"))
        assert connection.receive_bytes() == said("only this")


def test_what_is_no_message_ends_the_connection(client: TestClient) -> None:
    with stream(client) as connection:
        connection.send_bytes(b"\xff\xff\xff")
        with pytest.raises(WebSocketDisconnect) as told:
            connection.receive_bytes()
    assert told.value.code == 1002


def test_text_is_not_spoken_here(client: TestClient) -> None:
    with stream(client) as connection:
        connection.send_text("hello")
        with pytest.raises(WebSocketDisconnect) as told:
            connection.receive_bytes()
    assert told.value.code == 1003


def test_a_flood_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = []
    asleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await asleep(seconds)

    monkeypatch.setattr(connections, "MESSAGES", Rate(10, 0.02))
    monkeypatch.setattr(asyncio, "sleep", note)
    client = app_with([Middleware(Connections)])
    with stream(client) as connection:
        for number in range(20):
            connection.send_bytes(said(str(number)))
        assert [connection.receive_bytes() for _ in range(20)] == [said(str(n)) for n in range(20)]
    assert sum(slept) == pytest.approx(0.2, abs=0.1)
