"""Streamlit's scripts and styles, as browsers get them."""

import gzip
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server.frontend_files import FrontendFiles

STATIC = Path(st.__file__).parent / "static" / "static"
SCRIPT = max((STATIC / "js").glob("*.js"), key=lambda file: file.stat().st_size)
FONT = next((STATIC / "media").glob("*.woff2"))


async def behind(request: Request) -> Response:
    return PlainTextResponse("from Streamlit")


@pytest.fixture
def browser() -> TestClient:
    routes = [Route("/{path:path}", behind)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(FrontendFiles)]))


def test_a_script_comes_plain_at_first_and_compressed_from_then_on(browser: TestClient) -> None:
    for number in range(3):
        answer = browser.get(f"/static/js/{SCRIPT.name}")
        assert answer.content == SCRIPT.read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers.get("content-encoding") == ("gzip" if number else None)
    assert int(answer.headers["content-length"]) < SCRIPT.stat().st_size / 2
    with browser.stream("GET", f"/static/js/{SCRIPT.name}") as raw:
        assert gzip.decompress(b"".join(raw.iter_raw())) == SCRIPT.read_bytes()


def test_who_cannot_unpack_gets_it_plain(browser: TestClient) -> None:
    for _ in range(3):
        answer = browser.get(f"/static/js/{SCRIPT.name}", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in answer.headers
        assert answer.content == SCRIPT.read_bytes()


def test_what_is_compressed_already_is_sent_as_it_is(browser: TestClient) -> None:
    for _ in range(3):
        answer = browser.get(f"/static/media/{FONT.name}")
        assert answer.headers["content-type"] == "font/woff2"
        assert answer.content == FONT.read_bytes()


@pytest.mark.parametrize(
    "path", ["/", "/static/js/nothing.js", "/static/js/../../index.html", "/static/js/%2e%2e/x"]
)
def test_all_else_is_streamlits(browser: TestClient, path: str) -> None:
    assert browser.get(path).text == "from Streamlit"


def test_parts_of_a_file_are_streamlits(browser: TestClient) -> None:
    answer = browser.get(f"/static/js/{SCRIPT.name}", headers={"range": "bytes=0-9"})
    assert answer.text == "from Streamlit"
