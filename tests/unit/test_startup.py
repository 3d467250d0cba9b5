"""Opening to visitors, in processes of their own: a process opens once."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_app_is_imported_without_what_takes_long(printed_by: Callable[[str], str]) -> None:
    heavy = ("numpy", "pandas", "sqlalchemy", "pydantic", "dask", "PIL.ImageFilter")
    program = f"import sys, app; print([name for name in {heavy} if name in sys.modules])"
    assert printed_by(program) == "[]"


def test_a_newcomer_is_greeted_without_what_takes_long(printed_by: Callable[[str], str]) -> None:
    program = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from server.resources import resources
from trainer.ready_made import install
install(resources().store)
page = AppTest.from_file(str(Path("ui/router.py").resolve())).run(timeout=60)
print(len(page.exception), [name for name in ("pandas", "dask") if name in sys.modules])
"""
    assert printed_by(program) == "0 []"


def test_pages_wait_until_it_is_open(printed_by: Callable[[str], str]) -> None:
    program = """
from threading import Event
from ui import startup
go = Event()
startup._open_up = lambda: (go.wait(), startup._open.set())
assert startup.is_open(), "nobody has begun to open"
startup.open_in_background()
assert not startup.is_open()
startup.SECONDS_A_PAGE_WAITS = 0.1
try:
    startup.wait_until_open()
except TimeoutError as error:
    print(error)
go.set()
startup.SECONDS_A_PAGE_WAITS = 10
startup.wait_until_open()
assert startup.is_open()
"""
    assert printed_by(program).startswith("The server is still starting.")


def test_a_worker_that_takes_the_router_for_its_main_module_shows_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `multiprocessing` has it when a worker is started while a visitor's page runs."""
    shown: list[str] = []
    monkeypatch.setattr("ui.startup.wait_until_open", lambda: shown.append("a page"))
    runpy.run_path(str(ROOT / "ui" / "router.py"), run_name="__mp_main__")
    assert not shown
