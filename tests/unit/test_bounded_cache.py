"""Caches are bounded by bytes: many small things are kept, few large ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digits.settings import MAX_UNITS
from model_store.records import Run, State
from model_store.store import Store, open_store
from server import resources
from trainer.bounded_cache import BoundedCache
from trainer.checkpoints import packed_weights


@pytest.fixture
def cache() -> BoundedCache[bytes]:
    return BoundedCache(100, len)


def making(made: list[int], size: int) -> Callable[[], bytes]:
    def make() -> bytes:
        made.append(size)
        return bytes(size)

    return make


def test_what_is_kept_is_not_made_again(cache: BoundedCache[bytes]) -> None:
    made: list[int] = []
    assert cache.get("a", making(made, 60)) is cache.get("a", making(made, 60))
    assert made == [60]


def test_what_was_used_longest_ago_makes_room(cache: BoundedCache[bytes]) -> None:
    made: list[int] = []
    for key in ("a", "b", "a", "c"):  # a, b and c do not fit together
        cache.get(key, making(made, 40))
    assert cache.bytes_kept == 80
    cache.get("a", making(made, 1))
    assert made == [40, 40, 40], "a was used after b"
    cache.get("b", making(made, 40))
    assert len(made) == 4


def test_what_is_larger_than_all_the_room_is_not_kept(cache: BoundedCache[bytes]) -> None:
    made: list[int] = []
    cache.get("a", making(made, 101))
    assert cache.bytes_kept == 0
    cache.get("a", making(made, 101))
    assert len(made) == 2


def test_what_cannot_be_made_is_tried_again(cache: BoundedCache[bytes]) -> None:
    def fail() -> bytes:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        cache.get("a", fail)
    assert cache.get("a", lambda: b"here") == b"here"


def test_weights_of_the_largest_networks_take_no_more_than_their_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(f"sqlite:///{tmp_path / 'test.db'}", str(tmp_path / "artifacts")) as store:
        keep_ten_of_the_largest(store, monkeypatch)
    room = resources.MOST_BYTES_OF_WEIGHTS
    assert room / 2 < resources._weights.bytes_kept <= room


def keep_ten_of_the_largest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = np.zeros((MAX_UNITS, MAX_UNITS), np.float32)
    content = packed_weights([np.zeros((784, MAX_UNITS), np.float32)] + [wide] * 5)
    made = resources.Resources(None, store, None)  # type: ignore[arg-type]
    monkeypatch.setattr(resources, "resources", lambda: made)
    for number in range(10):
        name = f"run-{number}"
        reference = store.artifacts.save(name, "checkpoint.npz", content)
        run = Run(name, "ann", name, 0, State.FINISHED, {}, artifacts={"checkpoint.npz": reference})
        assert len(resources.weights_of(run)) == 6
