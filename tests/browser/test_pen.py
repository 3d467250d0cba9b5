"""The page reads while the pen moves, and the server when it is lifted; both read the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, WebSocket, expect

from benchmarks.hosting.servers import Server
from tests.browser.steps import BARS, SEVEN, clear, press_train_for_long, wait_for_state, wait_until
from ui.shared.javascript_modules import module_address

DIGIT = ".st-key-predicted_digit"
CANVAS = ".st-key-pad canvas.upper-canvas"
LIVE = ".answer-live"
READ_IN_PAGE = """window.digitPlayground.pen.followers.add(reading => {
  if (!document.querySelector(".answer-live")) return
  window.readInPage = [...reading.network.read(reading.image, reading.temperature)]
})"""
COMPARE_WITH_ALL = """async ([canvas, preparation]) => {
  const { StrokePixels, findCanvases } = await import(canvas)
  const { prepare } = await import(preparation)
  window.compared = []
  window.digitPlayground.pen.followers.add(({ image }) => {
    const { data, width, height } = new StrokePixels(findCanvases()).read()
    const whole = new Uint8Array(image.length)
    prepare(data, width, height, whole)
    compared.push(whole.every((value, index) => value === image[index]))
  })
}"""
DESCRIPTION = ".st-key-probability_figure [role=img]"


def open_draw_page(page: Page) -> Page:
    """Open Draw, and wait until the page itself can read."""
    with page.expect_response("**/weights/ready-made/*") as answer:
        page.goto("/draw")
    answer.value.finished()
    page.locator(CANVAS).wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()
    page.wait_for_timeout(500)  # to unpack the weights
    return page


def pen_down(page: Page, *places: tuple[float, float]) -> None:
    """Draw with the mouse and keep the button down; positions are shares of the canvas."""
    box = page.locator(CANVAS).bounding_box()
    assert box
    first, *others = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places
    ]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=8)


def test_bars_and_digit_follow_the_pen_and_nothing_is_sent_until_it_is_lifted(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("/models")
    sent: list[str | bytes] = []
    asked: list[Request] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    page.on("request", lambda request: asked.append(request))
    open_draw_page(page)
    page.wait_for_timeout(1000)
    before = len(sent), len(asked)
    assert before[0] > 0, "what is sent is seen here"
    pen_down(page, *SEVEN[:2])
    page.locator(LIVE).wait_for()
    half_way = page.evaluate(BARS)
    assert abs(sum(half_way) - 1) < 1e-4
    box = page.locator(CANVAS).bounding_box()
    assert box
    page.mouse.move(
        box["x"] + SEVEN[2][0] * box["width"], box["y"] + SEVEN[2][1] * box["height"], steps=8
    )
    expect(page.locator(DIGIT)).to_have_text("7")
    wait_until(page, f"({BARS})[7] > 0.5")
    assert page.evaluate(BARS) != half_way
    wait_until(page, f"document.querySelector('{DESCRIPTION}').ariaLabel.includes('7: ')")
    page.wait_for_timeout(500)
    assert (len(sent), len(asked)) == before
    page.mouse.up()
    page.locator(".answer:not(.answer-live)").wait_for()
    assert len(sent) > before[0]


def test_page_and_server_read_the_same(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor("/models"))
    page.evaluate(READ_IN_PAGE)
    drawings = (SEVEN, [(0.2, 0.7), (0.35, 0.5), (0.4, 0.85)], [(0.9, 0.1), (0.9, 0.3)])
    for number, stroke in enumerate(drawings):
        if number:
            clear(page)
        pen_down(page, *stroke)
        page.locator(LIVE).wait_for()
        page.mouse.up()
        page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
        pairs = zip(page.evaluate(BARS), page.evaluate("readInPage"), strict=True)
        assert max(abs(one - other) for one, other in pairs) < 1e-4


@pytest.mark.parametrize(("brush", "pixels_of_the_screen"), [("Thin", 1), ("Thick", 2)])
def test_what_is_read_around_the_pen_is_all_that_has_changed(
    visitor: Callable[..., Page], server: Server, brush: str, pixels_of_the_screen: int
) -> None:
    page = open_draw_page(visitor("/models", device_scale_factor=pixels_of_the_screen))
    page.get_by_role("radio", name=brush).check()
    page.wait_for_timeout(1000)  # for a canvas that draws with it
    modules = [
        f"{server.address}/{module_address(name).lstrip('./')}"
        for name in ("draw/in_page/canvas.js", "shared/in_page/prepare.js")
    ]
    page.evaluate(COMPARE_WITH_ALL, modules)
    away_and_back = [(0.02, 0.5), (0.97, 0.03), (0.5, 0.98), (0.45, 0.2), (0.99, 0.99), (0.4, 0.4)]
    pen_down(page, *away_and_back)
    box = page.locator(CANVAS).bounding_box()
    assert box
    for x, y in ((0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (0.1, 0.1)):  # as fast as a pen can be
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    wait_until(page, "compared.length > 20")
    assert page.evaluate("compared.filter(isTheSame => !isTheSame).length") == 0


def test_a_finger_moves_the_bars_on_a_phone(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor("/models", width=390, has_touch=True, is_mobile=True))
    box = page.locator(CANVAS).bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (0.5, 0.15))
    for step in range(2, 9):
        send("touchMove", (0.5, step / 10))
    expect(page.locator(DIGIT)).to_have_text("1")
    expect(page.locator(LIVE)).to_be_visible()
    send("touchEnd")
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    expect(page.locator(DIGIT)).to_have_text("1")


def test_clear_and_undo_right_after_a_stroke_leave_nothing_that_was_read(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor("/models"))
    for key in ("clear", "undo"):
        pen_down(page, *SEVEN)
        page.locator(LIVE).wait_for()
        page.mouse.up()
        page.locator(f".st-key-{key} button").click()  # before the canvas has sent the stroke
        page.get_by_text("Nothing drawn yet").wait_for()
        expect(page.locator(LIVE)).to_have_count(0)


def damaged(route: Route) -> None:
    answer = route.fetch()
    body = answer.body()
    middle = len(body) // 2
    route.fulfill(response=answer, body=body[:middle] + bytes(64) + body[middle + 64 :])


def cut(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(status=200, headers=answer.headers, body=answer.body()[:-4])


UNREADABLE = {
    "weights that came damaged": ("**/weights/**", damaged),
    "weights that came in part": ("**/weights/**", cut),
    "weights that are not there": ("**/weights/**", lambda route: route.fulfill(status=404)),
    "no module": ("**/pen.js", lambda route: route.abort()),
}
BLURRED = """
  const original = CanvasRenderingContext2D.prototype.getImageData
  CanvasRenderingContext2D.prototype.getImageData = function (...options) {
    const image = original.apply(this, options)
    image.data.forEach((_, at, data) => { data[at] = at % 4 === 3 ? 255 : Math.random() * 256 })
    return image
  }"""


@pytest.mark.parametrize("why", [*UNREADABLE, "a browser that blurs its canvas"])
def test_where_the_page_cannot_read_the_server_alone_does(
    visitor: Callable[..., Page], why: str
) -> None:
    page = visitor("/models")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    if why in UNREADABLE:
        page.route(*UNREADABLE[why])
    else:
        page.add_init_script(BLURRED)
    page.goto("/draw")
    page.locator(CANVAS).wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()
    page.wait_for_timeout(4000)  # in which others have their weights
    pen_down(page, *SEVEN)
    page.wait_for_timeout(300)
    expect(page.locator(LIVE)).to_have_count(0)
    page.mouse.up()
    expect(page.locator(DIGIT)).to_have_text("7")
    page.get_by_text("It reads a 7").wait_for()
    assert not errors
    assert not page.locator("[role=alert]").get_by_text("weights").count()


def test_the_newest_weights_of_a_run_that_trains_are_taken(visitor: Callable[..., Page]) -> None:
    page = visitor()
    press_train_for_long(page)
    taken: set[str] = set()
    page.on(
        "requestfinished", lambda each: taken.add(each.url) if "/weights/" in each.url else None
    )
    page.get_by_role("link", name="Draw").first.click()
    page.get_by_text("It reads with its newest weights").wait_for()
    for _ in range(600):
        page.wait_for_timeout(100)
        if len({url for url in taken if "ready-made" not in url}) > 1:
            break
    else:
        pytest.fail(f"the page read with no newer weights: {taken}")
    page.wait_for_timeout(300)
    pen_down(page, (0.5, 0.2), (0.5, 0.8))
    page.locator(LIVE).wait_for()
    page.mouse.up()
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.get_by_role("link", name="Train").first.click()
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
