"""Visitors who open every page while the store is in trouble, as their browsers would."""

import asyncio
import time
from typing import NamedTuple

from benchmarks.hosting.canvas_messages import drawn_digits
from benchmarks.hosting.sessions import Session
from digits.dataset import DEFAULT_FOLDER
from trainer.ready_made import READY_MADE
from ui.pages import PAGES

# The store's own limits end after 5 s (test_silence.py); a busy machine needs time for the page.
MOST_SECONDS = 20.0
SENTENCE = "does not answer"
# Of each page: its path and the query of its address.
VISITED = {page.title: (page.url_path, "") for page in PAGES}
VISITED["a shared run"] = "", f"run={READY_MADE}"
NEED_STORE = {"Train", "a shared run", "Models"}


class Visit(NamedTuple):
    """What somebody saw who came for the first time.

    Attributes:
        page: one of `VISITED`.
        seconds: until the page was complete.
        errors: that it showed.
        read: the digit that was read, where one was drawn.
    """

    page: str
    seconds: float
    errors: list[str]
    read: str = ""


async def _visit(address: str, page: str) -> Visit:
    session = Session(address)
    path, query = VISITED[page]
    began = time.monotonic()
    try:
        await session.open(path, query)
        seconds, read = time.monotonic() - began, ""
        if page == "Draw":
            await session.draw(drawn_digits(DEFAULT_FOLDER, 1)[0][-1])
            read = next((word for word in session.words if word.isdigit()), "")
        return Visit(page, seconds, session.errors, read)
    finally:
        await session.close()


def visits(address: str) -> list[Visit]:
    """Open every page at the same time, each as another new visitor."""

    async def all_of_them() -> list[Visit]:
        return list(await asyncio.gather(*(_visit(address, page) for page in VISITED)))

    return asyncio.run(all_of_them())


def unlike_a_silent_store(visit: Visit) -> str:
    """What is wrong with a visit while the store does not answer; empty if nothing is."""
    if visit.seconds > MOST_SECONDS:
        return f"{visit.page} took {visit.seconds:.1f} s"
    if visit.page in NEED_STORE and not any(SENTENCE in error for error in visit.errors):
        return f"{visit.page} did not say that the store does not answer: {visit.errors}"
    if any(SENTENCE not in error for error in visit.errors):
        return f"{visit.page} said something else: {visit.errors}"
    return unlike_a_reading(visit)


def unlike_a_whole_page(visit: Visit) -> str:
    """What is wrong with a visit while the store can be read; empty if nothing is."""
    if visit.errors:
        return f"{visit.page} said {visit.errors}"
    return unlike_a_reading(visit)


def unlike_a_reading(visit: Visit) -> str:
    """Whether a digit was drawn and not read."""
    return "Draw did not read" if visit.page == "Draw" and not visit.read else ""
