"""Opening to visitors, in processes of their own: a process opens once."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(program: str, data: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DATA_FOLDER": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() + done.stderr.strip() * bool(done.returncode)


def test_the_app_is_imported_without_what_takes_long(tmp_path: Path) -> None:
    heavy = ("numpy", "pandas", "sqlalchemy", "pydantic", "dask", "PIL.ImageFilter")
    program = f"import sys, app; print([name for name in {heavy} if name in sys.modules])"
    assert run(program, tmp_path) == "[]"


def test_pages_wait_until_it_is_open_and_readiness_says_so(tmp_path: Path) -> None:
    program = """
from threading import Event
from ui import opening
go = Event()
opening._open_up = lambda: (go.wait(), opening._open.set())
assert opening.is_open(), "nobody has begun to open"
opening.open_in_background()
assert not opening.is_open()
opening.SECONDS_A_PAGE_WAITS = 0.1
try:
    opening.wait_until_open()
except TimeoutError as error:
    print(error)
go.set()
opening.SECONDS_A_PAGE_WAITS = 10
opening.wait_until_open()
assert opening.is_open()
"""
    assert run(program, tmp_path).startswith("The server is still starting.")
