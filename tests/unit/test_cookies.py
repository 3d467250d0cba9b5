"""Who is who: cookies that were made here, and those that were not."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from itsdangerous import Signer
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Scope

from server.cookies import VisitorCookie, VisitorIds, cookie_secret, visitor_ids

SECRET = "a secret of thirty-two characters"
OLD_COOKIE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COOKIE_SECRET", SECRET)
    visitor_ids.cache_clear()
    yield
    visitor_ids.cache_clear()


def answer(app: ASGIApp, *headers: tuple[str, str], scheme: str = "http") -> dict[str, str]:
    """Ask the app for a page; returns the headers of its answer."""
    sent: list[Message] = []
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": scheme,
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await app(scope, receive, send)

    asyncio.run(ask())
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def page(scope, receive, send):
    asked = dict(scope["headers"])
    response = HTMLResponse("page", headers={"asked-if": str(b"if-none-match" in asked)})
    return response(scope, receive, send)


def test_a_cookie_made_here_is_read() -> None:
    visitors = VisitorIds(SECRET)
    cookie = visitors.new_cookie()
    assert visitors.read(cookie) == cookie[:32]
    assert visitors.new_cookie() != cookie


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        OLD_COOKIE,
        f"{OLD_COOKIE}.",
        f"{OLD_COOKIE}.{OLD_COOKIE}",
        Signer(SECRET, salt="another").sign(OLD_COOKIE).decode(),
        "é" * 40,
        "\ud800.\ud800",
        "." * 10_000,
    ],
)
def test_a_cookie_made_elsewhere_is_nobodys(cookie: str | None) -> None:
    assert VisitorIds(SECRET).read(cookie) is None


def test_a_cookie_of_another_secret_is_nobodys() -> None:
    cookie = VisitorIds("another secret of 32 characters!").new_cookie()
    assert VisitorIds(SECRET).read(cookie) is None


def test_one_changed_letter_makes_it_nobodys() -> None:
    visitors = VisitorIds(SECRET)
    cookie = visitors.new_cookie()
    for place in range(len(cookie) - 1):  # the last letter has bits that mean nothing
        other = "0" if cookie[place] != "0" else "1"
        assert visitors.read(cookie[:place] + other + cookie[place + 1 :]) is None


def test_an_account_is_the_same_visitor_everywhere_and_no_other() -> None:
    one, two = VisitorIds(SECRET), VisitorIds("another secret of 32 characters!")
    account = one.of_account("https://issuer.example", "1234")
    assert account == VisitorIds(SECRET).of_account("https://issuer.example", "1234")
    others = [
        one.of_account("https://issuer.example", "1235"),
        one.of_account("https://issuer.example1", "234"),
        two.of_account("https://issuer.example", "1234"),
    ]
    assert account not in others
    assert len(account) == 32


def test_the_secret_is_made_once_and_for_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COOKIE_SECRET", raising=False)
    with ThreadPoolExecutor(8) as starts:
        secrets = set(starts.map(cookie_secret, [tmp_path] * 16))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert [file.name for file in tmp_path.iterdir()] == ["cookie_secret"]
    assert (tmp_path / "cookie_secret").stat().st_mode & 0o777 == 0o600


def test_the_variable_goes_before_the_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("COOKIE_SECRET", SECRET)
    assert cookie_secret(tmp_path) == SECRET
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("COOKIE_SECRET", "short")
    with pytest.raises(ValueError, match="has 5 characters"):
        cookie_secret(tmp_path)


@pytest.mark.usefixtures("secret")
def test_a_new_visitor_gets_a_cookie_and_keeps_it() -> None:
    app = VisitorCookie(page)
    given = answer(app)["set-cookie"]
    name, _, rest = given.partition("=")
    cookie, *attributes = rest.split("; ")
    assert name == "visitor"
    assert visitor_ids().read(cookie)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} < set(attributes)
    assert "Secure" not in attributes
    assert "set-cookie" not in answer(app, ("cookie", f"other=1; visitor={cookie}"))


@pytest.mark.usefixtures("secret")
def test_a_cookie_of_an_earlier_version_is_replaced() -> None:
    given = answer(VisitorCookie(page), ("cookie", f"visitor={OLD_COOKIE}"))["set-cookie"]
    assert OLD_COOKIE not in given


@pytest.mark.usefixtures("secret")
def test_over_https_the_cookie_stays_there() -> None:
    app = VisitorCookie(page)
    assert answer(app, scheme="https")["set-cookie"].endswith("; Secure")
    assert answer(app, ("x-forwarded-proto", "https"))["set-cookie"].endswith("; Secure")


@pytest.mark.usefixtures("secret")
def test_only_pages_carry_cookies_and_no_proxy_keeps_them() -> None:
    assert answer(VisitorCookie(page))["cache-control"] == "no-store"
    script = PlainTextResponse("script", media_type="text/javascript")
    assert "set-cookie" not in answer(VisitorCookie(script))


@pytest.mark.usefixtures("secret")
def test_who_lost_the_cookie_but_not_the_page_gets_both_anew() -> None:
    app = VisitorCookie(page)
    assert answer(app, ("if-none-match", "x"))["asked-if"] == "False"
    cookie = f"visitor={visitor_ids().new_cookie()}"
    assert answer(app, ("if-none-match", "x"), ("cookie", cookie))["asked-if"] == "True"
