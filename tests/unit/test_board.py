"""The board keeps one entry of each visitor for a challenge, the best ones, and no more."""

import re

from model_store.board import MOST_ENTRIES
from model_store.records import BoardEntry
from model_store.store import Store
from ui.models.pseudonyms import OFFERED, names_offered


def entry(visitor: str, accuracy: float, challenge: str = "Few", at: float = 1.0) -> BoardEntry:
    return BoardEntry(challenge, visitor, "Calm Otter", {"epochs": 3}, 9, accuracy, at)


def test_a_better_entry_replaces_the_own_one_and_a_worse_one_does_not(store: Store) -> None:
    assert store.board.publish(entry("ann", 0.90))
    assert store.board.publish(entry("bob", 0.91))
    assert not store.board.publish(entry("ann", 0.89))
    assert store.board.best("Few", 10) == [entry("bob", 0.91), entry("ann", 0.90)]
    assert store.board.publish(entry("ann", 0.92))
    assert store.board.publish(entry("ann", 0.5, "Fast"))
    assert store.board.best("Few", 1) == [entry("ann", 0.92)]
    assert store.board.of_visitor("ann") == {
        "Few": entry("ann", 0.92),
        "Fast": entry("ann", 0.5, "Fast"),
    }


def test_only_the_own_entry_can_be_withdrawn(store: Store) -> None:
    store.board.publish(entry("ann", 0.9))
    assert not store.board.withdraw("Few", "bob")
    assert not store.board.withdraw("Fast", "ann")
    assert store.board.withdraw("Few", "ann")
    assert store.board.best("Few", 10) == []


def test_so_many_are_kept_and_of_equal_ones_the_first(store: Store) -> None:
    for number in range(MOST_ENTRIES):
        assert store.board.publish(entry(f"visitor {number}", 0.9, at=number))
    assert not store.board.publish(entry("too late", 0.9, at=MOST_ENTRIES))
    assert store.board.publish(entry("better", 0.91, at=MOST_ENTRIES))
    kept = store.board.best("Few", 2 * MOST_ENTRIES)
    assert len(kept) == MOST_ENTRIES
    assert [kept[0].visitor, kept[-1].visitor] == ["better", f"visitor {MOST_ENTRIES - 2}"]


def test_names_are_offered_and_stay_the_same() -> None:
    offered = [tuple(names_offered(f"visitor {number}")) for number in range(200)]
    assert offered[0] == tuple(names_offered("visitor 0"))
    assert len(set(offered)) > 190
    for names in offered:
        assert len(set(names)) == OFFERED
        assert all(re.fullmatch("[A-Z][a-z]+ [A-Z][a-z]+", name) for name in names)
