"""MNIST, genuine and in one order, and the cache that makes every later start quick."""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from functools import cached_property
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import NamedTuple, TextIO
from uuid import uuid4

import numpy as np

from digits.dataset_sources import SOURCES, Report
from digits.idx_files import IDX_FILES, Bytes

FINGERPRINT = "24834d0043e58e14"
CACHE_NAME = "mnist.npz"
DEFAULT_FOLDER = Path("data/mnist")
CLEAR_LINE = "\r\x1b[K"


class DatasetUnavailable(RuntimeError):
    """MNIST could not be had in any way; the message says what was tried and what to do."""


class _Arrays(NamedTuple):
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes


class Mnist(_Arrays):
    """The 70,000 images of MNIST as read-only uint8 arrays, the same from every source.

    Attributes:
        train_images: Grey levels, 0 (paper) to 255 (ink), shape [60000, 28, 28].
        train_labels: Digits 0 to 9, shape [60000].
        test_images: Grey levels, shape [10000, 28, 28].
        test_labels: Digits 0 to 9, shape [10000].

    Source: Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits.
    """

    @cached_property
    def fingerprint(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all shapes and contents."""
        digest = sha256()
        for array in self:
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]


def load_mnist(folder: Path, report: Report = lambda message, share: None) -> Mnist:
    """Return MNIST from the cache in a folder, which is made first where there is none.

    Args:
        folder: Where the cache lies, and where the four IDX files may be placed by hand.
        report: Told what is being done, and the share of the work that is behind, 0 to 1.

    Returns:
        The images and labels, in an order that does not depend on the source.

    Raises:
        DatasetUnavailable: If no way led to the genuine data, or the cache cannot be written.
    """
    report("Reading the cache", 0.0)
    cache = folder / CACHE_NAME
    mnist = _read_cache(cache)
    if mnist is None:
        if cache.exists():
            report("The cache is damaged, so it is made again", 0.0)
        mnist = _fetch(folder, report)
        report("Writing the cache", 0.95)
        _write_cache(cache, mnist)
    report("MNIST is ready", 1.0)
    return mnist


def load_test_images(folder: Path) -> tuple[Bytes, Bytes] | None:
    """Read the test images [10000, 28, 28] and labels [10000] alone, which needs little memory.

    Args:
        folder: Where `load_mnist` keeps its cache.

    Returns:
        None while there is no cache, or where it is damaged; `load_mnist` makes it again.
    """
    try:
        with np.load(folder / CACHE_NAME) as arrays:
            return arrays["test_images"], arrays["test_labels"]
    except Exception:  # A damaged file fails in many ways.
        return None


def _read_cache(cache: Path) -> Mnist | None:
    """Return the cached MNIST, or None where the file is missing or not what was written."""
    try:
        with cache.open("rb") as file, np.load(file) as arrays:
            mnist = Mnist(*(arrays[name] for name in Mnist._fields))
    except Exception:  # A damaged file fails in many ways; each means: make it again.
        return None
    return _sealed(mnist) if mnist.fingerprint == FINGERPRINT else None


def _write_cache(cache: Path, mnist: Mnist) -> None:
    # Written under a name of its own and then renamed, so that nobody ever reads half a file,
    # even when several processes do this at once.
    part = cache.with_name(f"{cache.name}.{uuid4().hex}.part")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            np.savez(file, allow_pickle=False, **mnist._asdict())
            file.flush()
            os.fsync(file.fileno())
        part.replace(cache)
    except OSError as failure:
        raise DatasetUnavailable(
            f"MNIST is here, but could not be kept as {cache}: {_reason(failure)}. "
            "Make that folder writable, free some disk space (55 MB), or name another folder."
        ) from failure
    finally:
        with suppress(OSError):
            part.unlink()


def _sealed(mnist: Mnist) -> Mnist:
    for array in mnist:
        array.flags.writeable = False
    return mnist


def _fetch(folder: Path, report: Report) -> Mnist:
    failures = []
    for name, fetch in SOURCES.items():
        try:
            return _genuine(fetch(folder, report))
        except Exception as failure:  # Whatever goes wrong in one way, the next may still work.
            failures.append(f"{name}: {_reason(failure)}")
            report(failures[-1], 0.05)
    raise DatasetUnavailable(_advice(folder, failures))


def _advice(folder: Path, failures: Sequence[str]) -> str:
    lines = [
        "MNIST could not be had in any way:",
        *(f"  {number}. {failure}" for number, failure in enumerate(failures, 1)),
        "Make one of these ways work and start again. To place the files by hand, copy these four, "
        f"as they are or packed (.gz), into {folder.resolve()}:",
        *(f"  {file.name}  ({file.size:,} bytes unpacked)" for file in IDX_FILES),
    ]
    return "\n".join(lines)


def _reason(failure: Exception) -> str:
    lines = str(failure).strip().splitlines()
    return lines[0][:500] if lines else type(failure).__name__


def _genuine(arrays: Sequence[Bytes]) -> Mnist:
    """Return the arrays in canonical order; raise ValueError if they are not those of MNIST."""
    train_images, train_labels, test_images, test_labels = arrays
    mnist = Mnist(
        *_in_canonical_order(train_images, train_labels),
        *_in_canonical_order(test_images, test_labels),
    )
    if mnist.fingerprint != FINGERPRINT:
        raise ValueError(
            f"expected the images of MNIST (fingerprint {FINGERPRINT}), "
            f"but these are others (fingerprint {mnist.fingerprint})"
        )
    return _sealed(mnist)


def _in_canonical_order(images: Bytes, labels: Bytes) -> tuple[Bytes, Bytes]:
    # TensorFlow Datasets shuffles what the original files hold in another order. Sorting by the
    # images' digests makes all sources equal, and leaves the digits as well mixed as a shuffle
    # would, so any slice is a fair sample.
    keys = [
        sha256(image).digest() + bytes([label]) for image, label in zip(images, labels, strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return images[order], labels[order]


class ProgressBar:
    """A progress bar below the lines of what was done; elsewhere than in a terminal, the lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._message = ""

    def __call__(self, message: str, share: float) -> None:
        """Show what is being done and the share that is behind, 0 to 1."""
        if message != self._message:
            self.close()
            self._message = message
            if not self._stream.isatty():
                self._write(f"{message}\n")
        if self._stream.isatty():
            bar = f"[{'#' * round(20 * share):20}] {share:4.0%}  {message}"
            self._write(f"{CLEAR_LINE}{bar[: shutil.get_terminal_size().columns - 1]}")

    def close(self) -> None:
        """Replace the bar by its message, which stays."""
        if self._message and self._stream.isatty():
            self._write(f"{CLEAR_LINE}{self._message}\n")
        self._message = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the cache in a folder, showing a progress bar.

    Args:
        arguments: Those of the command line: at most the folder.

    Returns:
        The exit status: 0 when the cache is there and genuine.
    """
    parser = argparse.ArgumentParser(
        prog="python -m digits.dataset", description="Fetch MNIST and keep it for the next start."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    folder = parser.parse_args(arguments).folder
    _silence_tensorflow()
    bar = ProgressBar(sys.stderr)
    try:
        # TensorFlow Datasets prints to standard output what the bar says already.
        with redirect_stdout(StringIO()):
            load_mnist(folder, bar)
    except DatasetUnavailable as failure:
        bar.close()
        print(failure, file=sys.stderr)
        return 1
    bar.close()
    return 0


def _silence_tensorflow() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = os.environ.get("TF_CPP_MIN_LOG_LEVEL") or "3"
    logging.getLogger("absl").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
