"""MNIST as it is loaded, and as it is kept for the next time."""

import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from digits import dataset
from digits.dataset import DatasetUnavailable, Mnist, load_mnist
from digits.idx_files import parse_idx
from tests.support.mnist_files import is_same, only, place

ROOT = Path(dataset.__file__).parents[1]

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
    for offset in [*range(0, 260, 13), *inner, *range(size - 400, size, 29)]:
        flip(cache, offset)
        found = dataset._read_cache(cache)
        assert found is None or is_same(found, mnist)
        flip(cache, offset)


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


def test_other_images_of_the_same_shape_are_refused() -> None:
    images = np.zeros((4, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="expected the images of MNIST"):
        dataset._genuine([images, images[:, 0, 0], images, images[:, 0, 0]])


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
