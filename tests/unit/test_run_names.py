"""What new runs are called: none of a visitor's is called as another one."""

import pytest

from digits.settings import TrainingSettings
from digits.settings_in_words import described_beside
from model_store.records import MOST_CHARACTERS_OF_A_NAME
from trainer.run_names import untaken

LONG = "x" * MOST_CHARACTERS_OF_A_NAME


@pytest.mark.parametrize(
    ("wanted", "taken", "names"),
    [
        (["a"], [], ["a"]),
        (["a"], ["b"], ["a"]),
        (["a"], ["a"], ["a (2)"]),
        (["a"], ["a", "a (2)"], ["a (3)"]),
        (["a (2)"], ["a (2)"], ["a (3)"]),
        (["a (2)"], ["a"], ["a (2)"]),
        (["a", "a", "b"], ["a"], ["a (2)", "a (3)", "b"]),
        ([LONG], [LONG], [LONG[:-4] + " (2)"]),
        ([LONG + "y"], [], [LONG]),
    ],
)
def test_a_name_that_is_taken_gets_a_number(
    wanted: list[str], taken: list[str], names: list[str]
) -> None:
    assert untaken(wanted, taken) == names


def test_the_shape_is_said_once_where_the_name_begins_with_it() -> None:
    settings = TrainingSettings(hidden_layers=(16,))
    for name in ("784-16-10", "784-16-10 (2)", "784-16-10, seed 3"):
        assert described_beside(name, settings).startswith("relu · adam, rate 0.001")
    assert described_beside("mine", settings).startswith("784-16-10, relu")
    assert described_beside("784-10", TrainingSettings(hidden_layers=())).startswith("adam, ")
