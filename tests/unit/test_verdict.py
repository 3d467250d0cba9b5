"""How good an accuracy is, in one sentence."""

import pytest

from digits.settings import TrainingSettings
from digits.verdict import WORDS, verdict, why_validation_is_better


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


def test_a_lead_of_validation_is_explained_by_what_makes_training_harder() -> None:
    augmented = TrainingSettings(augment=0.8, dropout=0.2)
    said = why_validation_is_better(augmented, 0.9656, 0.9887)
    assert said.startswith("Validation (98.87%) is above training (96.56%)")
    assert "augmentation" in said
    assert "dropout" in said
    assert "dropout" not in why_validation_is_better(TrainingSettings(augment=0.8), 0.96, 0.98)
    for settings, training, validation in [
        (TrainingSettings(augment=0.0, dropout=0.0), 0.9, 0.98),
        (augmented, 0.98, 0.982),
        (augmented, 0.98, None),
    ]:
        assert not why_validation_is_better(settings, training, validation)
