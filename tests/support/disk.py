"""Real disks that are small, and programs that fill them."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def mounted_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a real disk of so many megabytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Hog:
    """A program that takes whatever room there is on a disk, until it ends."""

    def __init__(self, disk: Path) -> None:
        self._ballast = disk / "ballast"
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float = 60) -> None:
        """Fill the disk, and keep it full for some seconds or until `end`."""
        self._fill()
        self._thread = threading.Thread(target=self._keep_full, args=(seconds,))
        self._thread.start()

    def end(self) -> None:
        """Give the room back."""
        self._ended.set()
        self.join()

    def join(self) -> None:
        """Wait until the room is given back."""
        if self._thread:
            self._thread.join()

    def _keep_full(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._ended.wait(0.002):
            self._fill()
        self._ballast.unlink()

    def _fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (2**16, 2**12, 1):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(size))
