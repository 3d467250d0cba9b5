"""Take the screenshots of the README.

    python -m scripts.take_screenshots [http://localhost:8501]

The app has to run at the address; CHROMIUM names the browser, as for the tests.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts import browsers
from ui.pages import PAGES

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
THREE = [
    [(0.3, 0.25), (0.5, 0.16), (0.66, 0.28), (0.52, 0.45), (0.45, 0.47)],
    [(0.45, 0.47), (0.68, 0.58), (0.62, 0.78), (0.42, 0.84), (0.28, 0.74)],
]


def main() -> None:
    """Open every page as a new visitor would, and take its picture in light and dark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="http://localhost:8501")
    address = parser.parse_args().address
    with sync_playwright() as playwright, browsers.launched(playwright) as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(
                base_url=address,
                color_scheme=scheme,
                viewport={"width": 1280, "height": 860},
            )
            page = context.new_page()
            train(page, scheme)
            draw(page, scheme)
            for row in PAGES:
                if row.name not in ("train", "draw"):
                    page.get_by_role("link", name=row.title).first.click()
                    if row.name == "models":
                        compare(page)
                    page.wait_for_timeout(3000)
                    take(page, row.name, scheme)


def train(page: Page, scheme: str) -> None:
    """Train with the defaults, and take the picture of the result."""
    page.goto("/")
    page.locator(".st-key-train button").click()
    page.locator(".st-key-run_state").get_by_text("finished").wait_for(timeout=120_000)
    page.mouse.move(0, 0)
    page.wait_for_timeout(3000)
    take(page, "train", scheme)


def draw(page: Page, scheme: str) -> None:
    """Draw a three, and take the picture of what the network makes of it."""
    page.get_by_role("link", name="Draw").first.click()
    page.locator(browsers.CANVAS).wait_for()
    page.wait_for_timeout(1000)
    browsers.draw(page, *THREE)
    page.locator(".st-key-predicted_digit").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(3000)
    take(page, "draw", scheme)


def compare(page: Page) -> None:
    """Lay the network that was trained beside the ready-made one."""
    page.locator(".runs > table tbody").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Compare with the ready-made network").click()
    page.locator(".runs-beside").get_by_text("of 10,000").first.wait_for()
    page.locator("h1").scroll_into_view_if_needed()


def take(page: Page, name: str, scheme: str) -> None:
    """Write one picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}-{scheme}.png")


if __name__ == "__main__":
    main()
