"""Hostile input to the functions that read what visitors send."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from pydantic import ValidationError

from digits.drawing import prepare, squeeze
from digits.outlier_detection import doubt
from digits.settings import TrainingSettings, problems
from digits.sweep import Refused, grid
from server.cookies import VisitorIds
from tests.faults import hostile
from tests.faults.hostile import PARAMETERS
from ui.models.comparison import LONGEST_ID, ids_of
from ui.models.requests import ACTIONS, MOST_CHARACTERS, parsed
from ui.shared.picture import LARGEST_SIDE, decoded
from ui.shared.plain_text import plain

SECONDS_FOR_A_CASE = 2.0  # of computing, whatever else the machine does
REAL = VisitorIds("a secret of thirty-two characters")


@dataclass
class Report:
    """What was tried and what went wrong."""

    tried: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def fail(self, words: str) -> None:
        """Note what must not happen."""
        self.seen["failures"] += 1
        if len(self.failures) < 50:
            self.failures.append(words)


def try_settings(dice: Random) -> str:
    """Settings from a page: refused in words, or within their limits."""
    try:
        made = TrainingSettings.model_validate(hostile.settings(dice))
    except ValidationError as error:
        too_long = [sentence for sentence in problems(error) if len(sentence) > 300]
        if too_long:
            raise AssertionError(too_long[0]) from error
        return "refused"
    assert 0 < made.parameter_count < 10_000_000
    assert TrainingSettings.from_query(made.to_query())[0] == made
    return "taken"


def try_address(dice: Random) -> str:
    """Settings from an address: what cannot be read keeps its default and is said."""
    made, refused = TrainingSettings.from_query(hostile.query(dice))
    assert TrainingSettings.model_validate(made.model_dump()) == made
    for sentence in refused:
        shown = plain(sentence)
        assert not re.search(r"(?<!\\)[\[\]<>`*_$~]", shown.replace("\\\\", "")), shown
        assert "://" not in shown
    return "refused" if refused else "taken"


def try_cookie(dice: Random) -> str:
    """A cookie that was not made by the app is nobody's."""
    real = REAL.new_cookie()
    forged = hostile.cookie(dice, real)
    assert forged == real or REAL.read(forged) is None, forged
    return "refused"


def try_drawing(dice: Random) -> str:
    """A drawing: refused, or read."""
    picture = hostile.picture(dice)
    try:
        pixels = decoded(picture)
    except Exception:  # as `drawing_canvas` does, which tells the visitor
        return "refused"
    assert max(pixels.shape) <= LARGEST_SIDE
    preparation = prepare(pixels)
    assert preparation.image.shape == squeeze(pixels).shape == (28, 28)
    if not preparation.is_blank:
        doubt(preparation)
    return "taken"


def try_request(dice: Random) -> str:
    """A message of the table of runs: none, or one whose parts are what they seem."""
    sent = {
        "what": dice.choice((*ACTIONS, hostile.text(dice))),
        "runs": [hostile.text(dice) for _ in range(3)],
        "name": hostile.text(dice),
        "axes": {hostile.text(dice): hostile.text(dice)},
        "challenge": hostile.text(dice),
    }
    if dice.random() < 0.5:
        sent[dice.choice([*sent])] = hostile.value(dice)
    request = parsed(dice.choice((hostile.value(dice), sent, sent)))
    if request is None:
        return "refused"
    assert request.what in ACTIONS
    assert all(each.isprintable() for each in (*request.runs, request.name))
    assert len(request.name) <= MOST_CHARACTERS
    assert isinstance(request.challenge, str)
    name = dice.choice(PARAMETERS)
    try:
        wanted = grid(TrainingSettings(), {**request.axes, name: hostile.text(dice)})
    except Refused as error:
        if len(str(error)) > 300:
            raise AssertionError(str(error)) from error
        return "refused"
    assert 2 <= len(wanted) <= 16
    return "taken"


def try_compared(dice: Random) -> str:
    """The ids in the address of a comparison: each once, and such as a store can look for."""
    ids = ids_of(",".join(hostile.text(dice) for _ in range(dice.randrange(30))))
    assert len(ids) == len(set(ids))
    assert all(each.isprintable() and 0 < len(each) <= LONGEST_ID for each in ids)
    return "taken" if ids else "refused"


FUNCTIONS: dict[str, tuple[int, Callable[[Random], str]]] = {
    "settings": (3, try_settings),
    "addresses": (3, try_address),
    "cookies": (3, try_cookie),
    "drawings": (1, try_drawing),
    "requests": (1, try_request),
    "compared": (1, try_compared),
}


def try_functions(cases: int, seed: int, report: Report) -> None:
    """Hand hostile input to the functions that read what visitors send."""
    kinds = [name for name, (share, _) in FUNCTIONS.items() for _ in range(share)]
    for case in range(cases):
        name = kinds[case % len(kinds)]
        began = time.thread_time()
        try:
            outcome = FUNCTIONS[name][1](Random(f"{seed}-{case}"))
            report.seen[f"{name} {outcome}"] += 1
        except Exception as error:
            report.fail(f"{name}, case {seed}-{case}: {type(error).__name__}: {error}"[:500])
        if (took := time.thread_time() - began) > SECONDS_FOR_A_CASE:
            report.fail(f"{name}, case {seed}-{case}: took {took:.1f} s")
        report.tried[name] += 1
