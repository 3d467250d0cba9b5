"""Sign in through Streamlit's OpenID Connect, with a provider that runs in the test."""

import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, Page

from benchmarks.hosting.servers import Server
from model_store.store import open_store
from scripts.ports import free_port
from tests.browser.steps import press_train

KEY = RSAKey.generate_key(2048, {"kid": "1"})


class Provider(BaseHTTPRequestHandler):
    """Signs everyone in as the same person, without asking."""

    nonces: dict[str, str] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        address = f"http://{self.headers['Host']}"
        path, _, query = self.path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        match path:
            case "/.well-known/openid-configuration":
                self._answer(
                    {
                        "issuer": address,
                        "authorization_endpoint": f"{address}/authorize",
                        "token_endpoint": f"{address}/token",
                        "jwks_uri": f"{address}/keys",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            case "/keys":
                self._answer({"keys": [KEY.as_dict(private=False)]})
            case "/authorize":
                self.nonces["code"] = asked["nonce"]
                back = urllib.parse.urlencode({"code": "code", "state": asked["state"]})
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        claims = {
            "iss": f"http://{self.headers['Host']}",
            "sub": "subject-1234",
            "aud": "digits",
            "exp": int(time.time()) + 600,
            "iat": int(time.time()),
            "nonce": self.nonces["code"],
            "email": "somebody@example.com",
        }
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, KEY)
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _answer(self, words: object) -> None:
        body = json.dumps(words).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server_with_sign_in(tmp_path: Path) -> Iterator[Server]:
    """Start the app with an `[auth]` section among its secrets."""
    provider = ThreadingHTTPServer(("localhost", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    port = free_port()
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        "[auth]\n"
        f'redirect_uri = "http://localhost:{port}/oauth2callback"\n'
        'cookie_secret = "a cookie secret of Streamlit, thirty-two"\n'
        'client_id = "digits"\nclient_secret = "secret"\n'
        f'server_metadata_url = "http://localhost:{provider.server_address[1]}'
        '/.well-known/openid-configuration"\n'
    )
    data = tmp_path / "data"
    data.mkdir()
    try:
        with Server(data, options=["--secrets.files", str(secrets)], port=port) as server:
            yield server
    finally:
        provider.shutdown()
        provider.server_close()


def sign_in(chromium: Browser, server: Server) -> Page:
    page = chromium.new_context(base_url=server.address).new_page()
    page.set_default_timeout(60_000)
    page.goto("/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    return page


def test_runs_follow_whoever_signs_in(server_with_sign_in: Server, chromium: Browser) -> None:
    server = server_with_sign_in
    first = sign_in(chromium, server)
    press_train(first)
    second = sign_in(chromium, server)
    second.goto("/models")
    card = second.locator(".runs tbody tr")  # the line of a run in work names it, too
    card.get_by_role("button", name="784-128-64-10", exact=True).first.wait_for()
    assert "somebody@example.com" not in second.content()
    second.get_by_role("button", name="Sign out").click()
    second.get_by_role("button", name="Sign in").wait_for()
    second.goto("/models")
    second.get_by_text("None yet").wait_for()
    database = f"sqlite:///{server.data / 'playground.db'}"
    with open_store(database, str(server.data / "artifacts")) as store:
        (run,) = [run for run in store.runs.active() if run.visitor]
    assert len(run.visitor) == 32
    assert "1234" not in run.visitor
    for page in (first, second):
        page.context.close()
