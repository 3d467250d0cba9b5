"""Take a picture of every page in each of its states, those of the README among them, and its film.

    python -m scripts.take_screenshots          or: make screenshots

The app is started for it, on a store of its own. All states, in light and dark, on a wide screen
and on a phone, come to `data/screenshots/`, to be looked at; the README's pictures and its film to
`docs/screenshots/`. CHROMIUM names the browser, as for the tests.
"""

import argparse
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.hosting.servers import APP, serving
from scripts import browsers

ROOT = Path(__file__).parents[1]
README_FOLDER = ROOT / "docs" / "screenshots"
ALL_FOLDER = ROOT / "data" / "screenshots"
FILM = README_FOLDER / "film.webp"
# The last is what Chromium can take in one picture.
README_HEIGHT, PHONE_HEIGHT, MOST_HEIGHT = 860, 844, 16_000
WIDTHS = {"wide": 1280, "phone": 390}
SCHEMES = ("light", "dark")
TIMEOUT_MS = 120_000
SETTLING_MS = 3000
FILM_SCREEN, FILM_SIZE = (1280, 800), (800, 500)
FILM_FRAME_MS, FILM_PAUSE_MS, FILM_QUALITY = 200, 2500, 70
SMALL_RUN = "/?layers=32&epochs=2"
LONG_RUN = "/?batch=16&epochs=50"
DIVERGING_RUN = "/?rate=10&optimizer=sgd&epochs=2"
SHOWN_RUN = "/?layers=128-64&epochs=6"
WHOLE_PAGE = "document.querySelector('[data-testid=stMain]').scrollHeight"

THREE = [
    [(0.3, 0.25), (0.5, 0.16), (0.66, 0.28), (0.52, 0.45), (0.45, 0.47)],
    [(0.45, 0.47), (0.68, 0.58), (0.62, 0.78), (0.42, 0.84), (0.28, 0.74)],
]
STAR = [[(0.5, 0.1), (0.25, 0.9), (0.9, 0.4), (0.1, 0.4), (0.75, 0.9), (0.5, 0.1)]]
INSIDE_TABS = ("Mistakes", "Weights", "Break it", "Map", "Fool it")


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme-only", action="store_true", help="leave out all other states")
    options = parser.parse_args()
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    ALL_FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        serving(APP) as app,
        sync_playwright() as playwright,
        browsers.launched(playwright) as browser,
    ):
        for scheme in SCHEMES:
            take_readme(new_page(browser, app.address, scheme, 1280, README_HEIGHT), scheme)
        make_film(new_page(browser, app.address, "light", *FILM_SCREEN))
        for scheme in () if options.readme_only else SCHEMES:
            for screen, width in WIDTHS.items():
                page = new_page(browser, app.address, scheme, width, PHONE_HEIGHT)
                for name in states(page):
                    take_whole(page, ALL_FOLDER / f"{name}-{screen}-{scheme}.png")
                page.context.close()


def new_page(browser: Browser, address: str, scheme: str, width: int, height: int) -> Page:
    """A page of a new visitor."""
    context = browser.new_context(
        base_url=address,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    return page


def take_readme(page: Page, scheme: str) -> None:
    """The pictures of the README: each page once it has something to show."""

    def take(name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(SETTLING_MS)
        page.screenshot(path=README_FOLDER / f"{name}-{scheme}.png")

    train(page, SHOWN_RUN)
    take("train")
    go_to(page, "Draw")
    browsers.draw(page, *THREE)
    page.locator(".st-key-predicted_digit").wait_for()
    take("draw")
    for name in ("Inside", "Learn"):
        go_to(page, name)
        take(name.lower())
    go_to(page, "Models")
    compare(page)
    take("models")
    page.context.close()


def states(page: Page) -> Iterator[str]:
    """Bring a page from one state to the next; yields the name of each once it is there."""
    yield from states_of_train(page)
    yield from states_of_draw(page)
    go_to(page, "Inside")
    for tab in INSIDE_TABS:
        page.get_by_role("tab", name=tab).or_(page.get_by_role("button", name=tab)).first.click()
        yield f"inside-{tab.lower().replace(' ', '-')}"
    go_to(page, "Learn")
    yield "learn"
    go_to(page, "Models")
    yield "models"
    compare(page)
    yield "models-compared"
    page.context.clear_cookies()
    open_page(page, "/models")
    yield "models-empty"


def states_of_train(page: Page) -> Iterator[str]:
    """Those of the Train page; the last run has ended well."""
    open_page(page, "/")
    yield "train-open"
    page.get_by_text("More settings").click()
    yield "train-all-settings"
    open_page(page, LONG_RUN)
    press(page, "train")
    # Before its first step a run that is paused has no step to be shown in slow motion.
    page.locator(".live-numbers").get_by_text("%").first.wait_for()
    yield "train-running"
    press(page, "pause")
    wait_for_state(page, "paused")
    yield "train-paused"
    press(page, "slow_motion_step")
    page.locator(".slow-lit").wait_for()
    yield "train-slow-motion"
    press(page, "resume")
    wait_for_state(page, "running")
    press(page, "stop")
    wait_for_state(page, "stopped")
    yield "train-stopped"
    open_page(page, DIVERGING_RUN)
    press(page, "train")
    wait_for_state(page, "failed")
    page.get_by_text("What this run shows").wait_for()
    yield "train-failed"
    train(page, SMALL_RUN)
    yield "train-finished"


def states_of_draw(page: Page) -> Iterator[str]:
    """Those of the Draw page."""
    go_to(page, "Draw")
    page.locator(browsers.CANVAS).wait_for()
    yield "draw-open"
    browsers.draw(page, *THREE)
    page.locator(".st-key-predicted_digit").wait_for()
    yield "draw-read"
    page.locator(".st-key-clear button").click()
    page.wait_for_timeout(SETTLING_MS)
    browsers.draw(page, *STAR)
    page.get_by_text("does not look like a digit").wait_for()
    yield "draw-no-digit"


def make_film(page: Page) -> None:
    """From the first press to the answer, as pictures one after the other."""
    frames: list[tuple[Image.Image, int]] = []

    def add(milliseconds: int = FILM_FRAME_MS) -> None:
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        frames.append((picture.resize(FILM_SIZE), milliseconds))

    open_page(page, SHOWN_RUN)
    page.wait_for_timeout(SETTLING_MS)
    add(FILM_PAUSE_MS)
    press(page, "train")
    while not page.locator(".st-key-run_state").get_by_text("finished").count():
        add()
        page.wait_for_timeout(FILM_FRAME_MS)
    page.wait_for_timeout(SETTLING_MS)
    add(FILM_PAUSE_MS)
    go_to(page, "Draw")
    canvas = page.locator(browsers.CANVAS)
    canvas.wait_for()
    page.wait_for_timeout(SETTLING_MS)
    canvas.scroll_into_view_if_needed()
    for _ in browsers.movements(page.mouse, canvas.bounding_box(), THREE, steps=1):
        add()
    page.wait_for_timeout(SETTLING_MS)
    add(FILM_PAUSE_MS)
    for name in ("Inside", "Models"):
        go_to(page, name)
        page.wait_for_timeout(SETTLING_MS)
        add(FILM_PAUSE_MS)
    page.context.close()
    write_film(frames)


def write_film(frames: Sequence[tuple[Image.Image, int]]) -> None:
    """As one animated WebP file, which README pages show by themselves."""
    pictures, durations = zip(*frames, strict=True)
    pictures[0].save(
        FILM,
        save_all=True,
        append_images=pictures[1:],
        duration=list(durations),
        loop=0,
        quality=FILM_QUALITY,
        method=6,
    )


def open_page(page: Page, address: str) -> None:
    """Open an address, and wait until there is something to see."""
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(SETTLING_MS)


def go_to(page: Page, title: str) -> None:
    """Take the menu, so that the run in view comes along."""
    page.locator(".st-key-menu").get_by_role("link", name=title).click()
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(SETTLING_MS)


def press(page: Page, key: str) -> None:
    """Press a button by its key."""
    page.locator(f".st-key-{key} button").click()


def wait_for_state(page: Page, state: str) -> None:
    """Wait until the run in view is in a state."""
    page.locator(".st-key-run_state").get_by_text(state).wait_for()


def train(page: Page, address: str) -> None:
    """Train with the settings of an address, to the end."""
    open_page(page, address)
    press(page, "train")
    wait_for_state(page, "finished")
    page.locator(".st-key-test_accuracy").get_by_text("%").first.wait_for()


def compare(page: Page) -> None:
    """Lay the network that was trained beside the ready-made one."""
    page.locator("[data-run]").first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare with the ready-made network").click()
    page.locator(".runs-beside").get_by_text("of 10,000").first.wait_for()
    page.locator("h1").scroll_into_view_if_needed()


def take_whole(page: Page, file: Path) -> None:
    """Write a picture of all of a page, not just of what is in sight."""
    size = page.viewport_size
    assert size
    page.mouse.move(0, 0)
    page.wait_for_timeout(SETTLING_MS)
    for _ in range(2):  # a part of the page is as high as the screen, up to a height
        height = min(max(size["height"], page.evaluate(WHOLE_PAGE)), MOST_HEIGHT)
        page.set_viewport_size({**size, "height": height})
        page.wait_for_timeout(SETTLING_MS)
    page.screenshot(path=file)
    page.set_viewport_size(size)


if __name__ == "__main__":
    main()
