"""What a page does whose surroundings keep something from it: fonts, scripts, sockets, room."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.steps import CANVAS, SEVEN, draw, press_train, wait_for_state, wait_until
from trainer.ready_made import READY_MADE

Visitor = Callable[..., Page]
FONTS = re.compile(r"\.(woff2?|ttf|otf)(\?|$)")
MODULES = "**/assets/ui-*/**"
SMALL_RUN = "/?epochs=1&layers=24&images=2000"
PAGES = ["/", SMALL_RUN, "/draw", "/inside", "/learn", "/models"]
# The icons' names that are seen as words, in what is not hidden.
ICONS = ".live-icon, .canvas-icon, .run-tools-icon, .runs-icon, .tour-icon"
NAMES_SEEN = f"""[...document.querySelectorAll("[data-testid=stIconMaterial], {ICONS}")]
  .filter(each => each.checkVisibility()).map(each => each.textContent)"""
# What ends beyond the right edge, but for what scrolls by itself or is hidden.
CUT = """[...document.querySelectorAll(".stMain *")].filter(each => {
    const box = each.getBoundingClientRect()
    if (box.width < 2 || box.right <= innerWidth + 1) return false
    if (!each.checkVisibility({ visibilityProperty: true })) return false
    for (let above = each; !above.matches(".stMain"); above = above.parentElement) {
      const { overflowX, clipPath } = getComputedStyle(above)
      if (clipPath !== "none" || /auto|scroll/.test(overflowX)) return false
    }
    return true
  }).map(each => `${each.tagName} ${each.className} ${each.textContent.slice(0, 30)}`)"""


@pytest.mark.parametrize("width", [1280, 390])
def test_without_fonts_no_icon_is_read_as_a_word(visitor: Visitor, width: int) -> None:
    page = visitor(SMALL_RUN, width)
    press_train(page)
    run = page.url
    page.route(FONTS, lambda route: route.abort())
    for address in (run, "/models"):
        page.goto(address)
        page.get_by_role("button", name="Share").first.wait_for()
        wait_until(page, "document.documentElement.classList.contains('icons-missing')")
        assert page.evaluate(NAMES_SEEN) == []
    for name in ("Rename", "Share"):
        button = page.locator(f"button[title={name}]").first
        assert name in button.evaluate("each => getComputedStyle(each, '::after').content")


def test_with_fonts_icons_are_shown(page: Page) -> None:
    wait_until(page, "document.fonts.check('20px \"Material Symbols Rounded\"')")
    page.wait_for_timeout(4000)  # in which the page has given up what does not come
    wait_until(page, "!document.documentElement.classList.contains('icons-missing')")
    assert page.evaluate(NAMES_SEEN)


def test_without_modules_a_page_says_so_and_keeps_no_empty_room(visitor: Visitor) -> None:
    page = visitor("/models")
    page.route(MODULES, lambda route: route.abort())
    page.goto("/")
    page.get_by_text("could not be loaded").wait_for()
    box = page.locator(".st-key-greeting").bounding_box()
    assert box
    assert box["height"] < 300
    expect(page.locator(".greeting-clear")).to_be_hidden()
    page.locator(".greeting-train").click()  # works without
    page.wait_for_url("**run=*")
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    page.locator(".network-on-train").get_by_text("could not be loaded").wait_for()
    box = page.locator(".st-key-network_on_train_picture").bounding_box()
    assert box
    assert box["height"] < 250
    for address in ("/inside", "/models", "/learn"):
        page.goto(address)
        page.get_by_text("could not be loaded. Please reload the page.").first.wait_for()


def test_without_modules_the_server_reads_what_is_drawn(visitor: Visitor) -> None:
    page = visitor("/models")
    page.route(MODULES, lambda route: route.abort())
    page.goto("/draw")
    page.locator(CANVAS).wait_for()
    draw(page, SEVEN)
    page.get_by_text("It reads a 7").wait_for()
    page.locator(".answer-neighbours summary").click()
    page.locator(".answer-neighbours").get_by_text("could not be loaded").wait_for()


def test_a_websocket_that_never_opens_is_spoken_of(visitor: Visitor) -> None:
    page = visitor("/models")
    page.route_web_socket(re.compile(".*"), lambda socket: socket.close())
    page.goto("/")
    notice = page.locator(".connection-notice")
    expect(notice).to_contain_text("has no connection to its server yet")
    expect(notice).to_contain_text("websocket")
    expect(notice).to_be_in_viewport()


def test_a_websocket_that_closes_is_spoken_of_until_it_is_back(visitor: Visitor) -> None:
    page = visitor("/models")
    sockets: list[WebSocketRoute] = []
    is_open = True

    def pass_on(socket: WebSocketRoute) -> None:
        if not is_open:
            socket.close()
            return
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile(".*"), pass_on)
    # A fast page has all that it needs, and loses its connection, before the first look.
    page.add_init_script("""
      const every = window.setInterval
      window.setInterval = (look, ...rest) =>
        look.name === "look" ? setTimeout(every, 4000, look, ...rest) : every(look, ...rest)""")
    page.goto("/draw")
    page.locator(CANVAS).wait_for()
    notice = page.locator(".connection-notice")
    expect(notice).to_be_hidden()
    is_open = False
    for socket in sockets:
        socket.close()
    expect(notice).to_contain_text("connection to the server is lost")
    is_open = True
    expect(notice).to_be_hidden()
    draw(page, SEVEN)
    page.get_by_text("It reads a 7").wait_for()


def test_on_a_screen_of_280_pixels_nothing_is_cut_off(visitor: Visitor) -> None:
    page = visitor(SMALL_RUN, 280)
    press_train(page)  # so that there is one on Models
    for address in (f"/?run={READY_MADE}", *PAGES):
        page.goto(address)
        page.locator(".st-key-footer").wait_for()
        page.wait_for_timeout(2500)  # in which the browser's own parts come
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), address
        assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth"), address
        assert page.evaluate(CUT) == [], address
        menu, tour = (
            page.locator(each).bounding_box()
            for each in (".st-key-menu [data-testid=stPageLink] >> nth=-1", ".tour-start")
        )
        assert menu
        assert tour
        assert menu["x"] + menu["width"] <= tour["x"] + 1, address
