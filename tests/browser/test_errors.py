"""What a visitor and the log say when a page fails."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Page

from benchmarks.hosting.servers import Server
from config.logs import hashed


@contextmanager
def without_runs(server: Server) -> Iterator[None]:
    """Hide the table of runs."""
    database = sqlite3.connect(server.data / "playground.db", timeout=30)
    with closing(database), database as connection:
        connection.execute("ALTER TABLE runs RENAME TO hidden")
        connection.commit()
        try:
            yield
        finally:
            connection.execute("ALTER TABLE hidden RENAME TO runs")


def test_the_number_on_the_page_stands_in_the_log(server: Server, page: Page) -> None:
    with without_runs(server):
        page.goto("/models")
        words = page.get_by_text("name the error").inner_text()
        page.reload()
        assert words == page.get_by_text("name the error").inner_text()
    assert "Traceback" not in page.content()
    number = re.search(r"name the error ([0-9a-f]{8})\.", words)
    assert number
    (cookie,) = [each for each in page.context.cookies() if each["name"] == "visitor"]
    log = server.log()
    lines = [line for line in log.splitlines() if "error_id=" + number[1] in line]
    assert len(lines) == 1, "it is logged once a minute, though the page was opened twice"
    visitor = cookie["value"].partition(".")[0]
    assert f"visitor={hashed(visitor)}" in lines[0]
    assert "ui.shared.errors: page failed" in lines[0]
    assert "Uncaught app execution" not in log, "Streamlit does not say the same again"
    assert f"ui.shared.session: visitor came visitor={hashed(visitor)}" in log
    assert visitor not in log
    page.goto("/models")
    page.get_by_text("None yet").wait_for()
