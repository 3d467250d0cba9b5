"""What browsers are told to forbid, and that nothing of the app's own is among it."""

from urllib.parse import quote

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from benchmarks.hosting.servers import Server
from tests.browser.steps import SEVEN, draw, press_train, wait_for_state

NOTED = "document.addEventListener('securitypolicyviolation', event => console.error("
NOTED += "'violation: ' + event.violatedDirective + ' ' + event.blockedURI))"


def watch(page: Page) -> list[str]:
    """Return the list to which everything the browser complains of is added."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Streamlit's page looks for the server beside the page first, then above it.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(NOTED)
    return complaints


def test_nothing_of_ours_is_forbidden(page: Page) -> None:
    complaints = watch(page)
    page.goto("/?epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    page.locator(".st-key-example_figure .js-plotly-plot").wait_for()
    page.goto("/draw")
    page.get_by_text("Nothing drawn yet").wait_for()
    draw(page, SEVEN)
    expect(page.locator(".st-key-predicted_digit")).not_to_have_text("")
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.goto("/learn")
    page.locator(".st-key-lesson_certainty .js-plotly-plot").wait_for()
    page.locator(".st-key-lesson_graph svg.row").wait_for()
    page.locator(".katex").first.wait_for(state="attached")  # folded, under its picture
    page.goto("/models")
    page.get_by_text("Your networks").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Keras file").click()
    assert download.value.path().stat().st_size > 100_000
    assert not complaints, "\n".join(complaints)


def test_what_others_put_in_is_forbidden(page: Page) -> None:
    complaints = watch(page)
    page.goto("/")
    page.get_by_text("Teach a network").wait_for()
    page.evaluate(
        """() => {
            const script = document.createElement("script")
            script.textContent = "window.stolen = true"
            document.body.append(script)
            const elsewhere = document.createElement("img")
            elsewhere.src = "http://127.0.0.1:9/picture.png"
            document.body.append(elsewhere)
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.stolen") is None
    assert any("script-src" in complaint for complaint in complaints)
    assert any("img-src" in complaint for complaint in complaints)


def test_the_cookie_is_signed_and_no_script_can_read_it(page: Page, server: Server) -> None:
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    cookie = cookies["visitor"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert len(cookie["value"]) > 64
    assert "visitor" not in page.evaluate("document.cookie")
    assert (server.data / "cookie_secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=window.stolen=1>",
        "[here](https://evil.example)",
        "www.evil.example a@evil.example",
        "https://evil.example/a_b_c",
        ":red[a] :smile: :material/error: $x$",
        "![a](https://evil.example/a.png)",
        "`code` *a* **b** ~~c~~ <b>d</b>",
    ],
)
def test_what_an_address_says_is_shown_as_it_stands(page: Page, text: str) -> None:
    page.goto(f"/?optimizer={quote(text)}")
    warning = page.get_by_test_id("stAlert").filter(has_text="cannot be set")
    warning.wait_for()
    assert text in warning.inner_text().replace("\u2060", "")
    assert warning.locator("a, img, code, em, strong, del").count() == 0
    assert page.evaluate("window.stolen") is None
