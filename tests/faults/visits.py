"""Visitors who open every page while the store is in trouble, as their browsers would."""

import asyncio
import time
from typing import NamedTuple

from benchmarks.hosting.canvas_messages import drawn_digits
from benchmarks.hosting.sessions import Session
from digits.dataset import DEFAULT_FOLDER
from trainer.ready_made import READY_MADE

MOST_SECONDS = 5.0
SENTENCE = "does not answer"
# Of each page: its name, the query of its address, whether it cannot do without the store.
PAGES = {
    "Train": ("", "", True),
    "a shared run": ("", f"run={READY_MADE}", True),
    "Models": ("models", "", True),
    "Learn": ("learn", "", False),
    "Draw": ("draw", "", False),
}


class Visit(NamedTuple):
    """What somebody saw who came for the first time.

    Attributes:
        page: one of `PAGES`.
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
    name, query, _ = PAGES[page]
    began = time.monotonic()
    try:
        await session.open(name, query)
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
        return list(await asyncio.gather(*(_visit(address, page) for page in PAGES)))

    return asyncio.run(all_of_them())


def unlike_a_silent_store(visit: Visit) -> str:
    """What is wrong with a visit while the store does not answer; empty if nothing is."""
    needs_store = PAGES[visit.page][2]
    if visit.seconds > MOST_SECONDS:
        return f"{visit.page} took {visit.seconds:.1f} s"
    if needs_store and not any(SENTENCE in error for error in visit.errors):
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
