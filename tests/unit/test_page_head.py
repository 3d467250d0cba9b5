"""The style sheet and the name stand in the head of every page, and nothing else is changed."""

import re
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server.page_head import PageHead, StyleSheet
from ui.shared.style import MARK

PAGE = f"<html><head><title>Streamlit</title></head><body>{'digits ' * 200}</body></html>"
STYLE = StyleSheet("p { color: red; }\n")


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"ETag": "old"})


async def text(request: Request) -> Response:
    return PlainTextResponse(PAGE)


@pytest.fixture(params=[False, True], ids=["plain", "compressed below"])
def browser(request: pytest.FixtureRequest) -> TestClient:
    below = [Middleware(GZipMiddleware, minimum_size=1)] if request.param else []
    head = Middleware(PageHead, style_address=STYLE.address)
    routes = [Route("/draw", page), Route("/text", text), STYLE.route]
    app = Starlette(routes=routes, middleware=[head, *below])
    return TestClient(app, headers={"accept": "text/html,*/*"})


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_page_names_the_style_sheet_once(browser: TestClient, encoding: str) -> None:
    answer = browser.get("/draw", headers={"accept-encoding": encoding})
    assert answer.text == PAGE.replace("Streamlit", "Digit Playground").replace(
        "</head>", f'<link rel="stylesheet" href="{STYLE.address}"></head>'
    )
    assert answer.headers.get("content-encoding") == ("gzip" if encoding == "gzip" else None)
    assert "etag" not in answer.headers, "it was of the page before"


def test_the_icon_is_the_apps_own_from_the_start() -> None:
    async def with_icon(request: Request) -> Response:
        return HTMLResponse('<head><link rel="shortcut icon" href="./favicon.png" /></head>')

    head = Middleware(PageHead, style_address=STYLE.address, icon=MARK)
    app = Starlette(routes=[Route("/", with_icon)], middleware=[head])
    answer = TestClient(app, headers={"accept": "text/html"}).get("/").text
    address = answer.split('href="')[1].split('"')[0]
    assert "<svg" in unquote(address.removeprefix("data:image/svg+xml,"))


def test_scripts_of_the_head_come_after_the_style_sheet() -> None:
    scripts = ["/assets/one.js", "/assets/two.js"]
    head = Middleware(PageHead, style_address=STYLE.address, script_addresses=scripts)
    app = Starlette(routes=[Route("/draw", page)], middleware=[head])
    answer = TestClient(app, headers={"accept": "text/html"}).get("/draw").text
    added = [f'<script type="module" src="{each}"></script>' for each in scripts]
    style = f'<link rel="stylesheet" href="{STYLE.address}">'
    assert f"{style}{''.join(added)}</head>" in answer


def test_what_is_no_page_is_left_alone(browser: TestClient) -> None:
    assert browser.get("/text").text == PAGE
    assert browser.get("/draw", headers={"accept": "*/*"}).text == PAGE
    assert browser.get("/nothing").status_code == 404


def test_the_style_sheet_is_kept_by_browsers_until_it_changes(browser: TestClient) -> None:
    answer = browser.get(STYLE.address)
    assert answer.text == ":root {\np { color: red; }\n}\n"
    assert "immutable" in answer.headers["cache-control"]
    assert StyleSheet("p { color: blue; }").address != STYLE.address
    assert re.fullmatch(r".*/assets/style-[0-9a-f]{16}\.css", STYLE.address)
