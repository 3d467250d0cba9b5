"""What new runs are called: a visitor can tell each from those that they have."""

import re
from collections.abc import Collection, Sequence

from model_store.records import MOST_CHARACTERS_OF_A_NAME

_NUMBER = re.compile(r" \(\d+\)$")


def untaken(wanted: Sequence[str], taken: Collection[str]) -> list[str]:
    """Names that differ from each other and from those taken, by a number: `784-16-10 (2)`.

    Args:
        wanted: what new runs would be called.
        taken: what the visitor's other runs are called.
    """
    names = {*taken}
    found = []
    for name in wanted:
        found.append(_untaken(name[:MOST_CHARACTERS_OF_A_NAME], names))
        names.add(found[-1])
    return found


def _untaken(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    plain, number = _NUMBER.sub("", name), 2
    while (numbered := _with_number(plain, number)) in taken:
        number += 1
    return numbered


def _with_number(name: str, number: int) -> str:
    end = f" ({number})"
    return name[: MOST_CHARACTERS_OF_A_NAME - len(end)] + end
