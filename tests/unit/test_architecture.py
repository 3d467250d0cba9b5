"""Who may import whom, as ARCHITECTURE.md draws it."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from config.logs import PROGRAM
from ui.pages import PAGES

ROOT = Path(__file__).parents[2]
# Each room, and the rooms whose modules it may import beside its own.
ROOMS = {
    "pages": {"ui", "server", "trainer", "lesson", "digits", "model_store", "config"},
    "ui": {"server", "trainer", "lesson", "digits", "model_store", "config"},
    "server": {"trainer", "digits", "model_store", "config"},
    "trainer": {"lesson", "digits", "model_store", "config"},
    "lesson": {"digits"},
    "digits": set(),
    "config": {"model_store"},
    "model_store": set(),
}
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports anywhere, also within functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    others = rooms_imported(path) & set(ROOMS) - {room}
    assert others <= ROOMS[room]


def test_every_room_is_heard_in_the_logs() -> None:
    assert set(PROGRAM) == {"app", *ROOMS}


def test_no_program_imports_what_stands_beside_it() -> None:
    beside = {"benchmarks", "scripts", "tests", "pages", "app"}
    assert [path for path in FILES if rooms_imported(path) & beside] == []


# Within `ui/`: a page's parts know what all share, and nothing of other pages.
@pytest.mark.parametrize("page", [*(page.name for page in PAGES), "shared"])
def test_the_parts_of_a_page_know_no_other_page(page: str) -> None:
    for path in (ROOT / "ui" / page).glob("*.py"):
        known = {name.split(".")[1] for name in imported(path) if name.startswith("ui.")}
        assert known <= {page, "shared"}, path


def test_every_page_has_its_row_and_every_row_its_page() -> None:
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert files == {page.name for page in PAGES}


def test_a_page_is_made_of_its_own_parts() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        known = {name.split(".")[1] for name in imported(path) if name.startswith("ui.")}
        assert known <= {path.stem, "shared"}, path


def test_only_the_outer_rooms_import_streamlit() -> None:
    users = {
        path.relative_to(ROOT).parts[0] for path in FILES if "streamlit" in rooms_imported(path)
    }
    assert users == {"pages", "ui", "server"}


def test_one_file_imports_the_canvas() -> None:
    users = [path.name for path in FILES if "streamlit_drawable_canvas" in rooms_imported(path)]
    assert users == ["canvas.py"]


def test_one_file_shows_plotly_figures() -> None:
    users = [path.name for path in FILES if "plotly_chart" in path.read_text()]
    assert users == ["plot.py"]  # where the docstring says why it is not used


def test_the_web_process_does_not_import_tensorflow(printed_by: Callable[[str], str]) -> None:
    program = """
import sys, trainer.dask_client, trainer.worker, app
import ui.train.example, ui.train.run_view
from streamlit.testing.v1 import AppTest
from ui.pages import PAGES
pages = AppTest.from_file("ui/router.py", default_timeout=30).run()
for page in PAGES[1:]:
    assert not pages.switch_page(f"../pages/{page.name}.py").run().exception
print([name for name in ("tensorflow", "keras", "torch") if name in sys.modules])
"""
    assert printed_by(program) == "[]"
