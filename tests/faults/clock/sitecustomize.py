"""A wall clock that jumps: Python imports this first where PYTHONPATH names its folder.

`time.time` is as many seconds wrong as the file says that WALL_CLOCK names; `time.monotonic` never
jumps, as on a machine whose clock is set. tests/faults/app_process.py starts the app with it.
"""

import os
import threading
import time
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 0.05

_time, _time_ns = time.time, time.time_ns
_wrong = 0.0


def _follow(file: Path) -> None:
    global _wrong
    while True:
        _wrong = float(file.read_text())
        time.sleep(SECONDS_BETWEEN_LOOKS)


if "WALL_CLOCK" in os.environ:
    time.time = lambda: _time() + _wrong
    time.time_ns = lambda: _time_ns() + int(_wrong * 1e9)
    named = Path(os.environ["WALL_CLOCK"])
    threading.Thread(target=_follow, args=(named,), name="wall clock", daemon=True).start()
