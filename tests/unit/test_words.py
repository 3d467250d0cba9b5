"""Numbers, digits and settings in words, and the words of the field."""

import re
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digits.recipes import BEST_READER, NOTEBOOK
from digits.settings import TrainingSettings
from digits.settings_in_words import described
from digits.words import (
    a_digit,
    brief_probability,
    counted,
    duration,
    in_line,
    moment,
    percent,
    plain_number,
    probability,
)
from lesson.glossary import GLOSSARY
from ui.pages import PAGES


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (4220, "4,220 epochs"), (0.5, "0.5 epochs")],
)
def test_one_is_one_and_all_others_are_several(number: float, words: str) -> None:
    assert counted(number, "epoch") == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1e-6, "0.000001"), (2.5e-5, "0.000025"), (0.1, "0.1"), (1, "1"), (10.0, "10"), (0, "0")],
)
def test_no_number_is_said_as_a_power_of_ten(number: float, words: str) -> None:
    assert plain_number(number) == words


def test_no_setting_is_said_as_a_power_of_ten() -> None:
    said = described(TrainingSettings(learning_rate=1e-6, l1=1e-5, l2=2e-5))
    assert "rate 0.000001" in said
    assert "L2 penalty 0.00002 · L1 penalty 0.00001" in said


def test_an_eight_has_an_article_of_its_own() -> None:
    assert [a_digit(digit) for digit in range(10)] == [
        *("a 0", "a 1", "a 2", "a 3", "a 4", "a 5", "a 6", "a 7", "an 8", "a 9")
    ]


def test_runs_times_and_shares() -> None:
    assert [in_line(runs) for runs in (0, 1, 2)] == ["no run", "1 run", "2 runs"]
    assert [duration(seconds) for seconds in (3, 3.0, 61)] == ["3 s", "3.0 s", "1 min 01 s"]
    assert (percent(0.97834), percent(None)) == ("97.83%", "-")


def test_a_moment_is_told_by_the_clock_of_the_place() -> None:
    assert moment(1_795_478_400, UTC) == "24 Nov 2026, 00:00 UTC"
    assert moment(1_795_478_400, ZoneInfo("America/New_York")) == "23 Nov 2026, 19:00 EST"
    assert moment(1_780_000_000, ZoneInfo("Europe/Berlin")).endswith("22:26 CEST")


def test_settings_in_words_tell_any_two_apart() -> None:
    assert described(NOTEBOOK) == (
        "784-128-64-10, relu · adam, rate 0.001 · batch size 64 · 5 epochs · 10% held back · "
        "seed 42"
    )
    assert described(BEST_READER) == (
        "784-1024-384-10, relu · adam, rate 0.003, cosine schedule · batch size 256 · 40 epochs · "
        "augmentation 0.7 · 2% held back · seed 42"
    )
    others = {
        "hidden_layers": (),
        "batch_size": 65,
        "epochs": 1,
        "learning_rate": 0.0011,
        "schedule": "cosine",
        "activation": "tanh",
        "optimizer": "sgd",
        "dropout": 0.25,
        "l2": 1e-5,
        "l1": 1e-5,
        "label_smoothing": 0.1,
        "initializer": "zeros",
        "loss": "squared error",
        "patience": 2,
        "images_used": 500,
        "mislabelled": 0.1,
        "left_out": "9",
        "augment": 0.1,
        "validation_split": 0.105,
        "seed": 43,
    }
    assert others.keys() == TrainingSettings.model_fields.keys()
    lines = {described(TrainingSettings.model_validate({name: others[name]})) for name in others}
    assert len(lines | {described(NOTEBOOK)}) == len(others) + 1
    assert "1 epoch ·" in described(TrainingSettings(epochs=1))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "over 99.9%"),
        (0.99996, "over 99.9%"),
        (0.9994, "99.9%"),
        (0.5, "50.0%"),
        (0.0006, "0.1%"),
        (0.0004, "under 0.1%"),
        (0.0, "under 0.1%"),
    ],
)
def test_no_probability_is_said_to_be_all_or_nothing(value: float, words: str) -> None:
    assert probability(value) == words
    assert brief_probability(value) == words.replace("over", ">").replace("under", "<")


def test_pages_explain_words_that_the_glossary_knows() -> None:
    folder = Path(__file__).parents[2] / "pages"
    sources = [(folder / f"{page.name}.py").read_text() for page in PAGES]
    said = [words for source in sources for words in re.findall(r"explain\(([^)]*)\)", source)]
    assert len(said) >= 4, "Learn has the whole glossary instead"
    assert {term for words in said for term in re.findall(r'"([^"]+)"', words)} <= GLOSSARY.keys()


def test_what_a_word_means_is_one_short_sentence() -> None:
    for term, meaning in GLOSSARY.items():
        assert meaning.endswith("."), term
        assert len(meaning) < 90, term
