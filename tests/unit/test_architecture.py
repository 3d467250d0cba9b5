"""Who may import whom, as ARCHITECTURE.md draws it."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    "pages": {"ui", "trainer", "digits", "model_store"},
    "ui": {"trainer", "digits", "model_store"},
    "trainer": {"digits", "model_store"},
    "digits": set(),
    "model_store": set(),
}
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a file imports anywhere, also within functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    others = imported(path) & set(ROOMS) - {room}
    assert others <= ROOMS[room]


def test_only_the_outer_rooms_import_streamlit() -> None:
    users = {path.parent.name for path in FILES if "streamlit" in imported(path)}
    assert users == {"pages", "ui"}


def test_one_file_imports_the_canvas() -> None:
    users = [path.name for path in FILES if "streamlit_drawable_canvas" in imported(path)]
    assert users == ["canvas.py"]


def test_one_file_shows_plotly_figures() -> None:
    users = [path.name for path in FILES if "plotly_chart" in path.read_text()]
    assert users == ["plot.py"]  # where the docstring says why it is not used


def test_the_web_process_does_not_import_tensorflow(printed_by: Callable[[str], str]) -> None:
    program = """
import sys, trainer.cluster, trainer.worker, app
from streamlit.testing.v1 import AppTest
pages = AppTest.from_file("ui/router.py", default_timeout=30).run()
for name in ("draw", "learn", "models"):
    assert not pages.switch_page(f"../pages/{name}.py").run().exception
print([name for name in ("tensorflow", "keras", "torch") if name in sys.modules])
"""
    assert printed_by(program) == "[]"
