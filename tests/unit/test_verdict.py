"""How good an accuracy is, in one sentence."""

import pytest

from digits.verdict import WORDS, verdict


@pytest.mark.parametrize(
    ("accuracy", "said"),
    [
        (1.0, "**Excellent**: it misreads none."),
        (0.9862, "**Excellent**: it misreads about 1 digit in 72."),
        (0.9763, "**Very good**: it misreads about 1 digit in 42."),
        (0.9588, "**Good**: it misreads about 1 digit in 24."),
        (0.6, "**Weak**: it misreads 40 digits of 100."),
        (0.1135, "**No better than guessing**: one digit in ten is right by chance."),
    ],
)
def test_an_accuracy_is_judged_in_one_sentence(accuracy: float, said: str) -> None:
    assert verdict(accuracy) == said


def test_better_words_ask_for_more() -> None:
    assert [least for least, _ in WORDS] == sorted((least for least, _ in WORDS), reverse=True)
