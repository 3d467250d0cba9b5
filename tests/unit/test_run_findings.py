"""What is said of a stored run, whose settings may have changed on the way."""

from typing import Any

import pytest

from digits.recipes import NOTEBOOK, notebook_but
from model_store.records import Epoch, Run, State
from trainer.run_findings import findings_of

STEPS = NOTEBOOK.steps_per_mnist_epoch
# The validation loss is lowest after the second, and rises while the training loss falls.
LOSSES = (0.2, 0.1, 0.12, 0.14, 0.16, 0.18)


def found(changed: list[dict[str, Any]], state: State, accuracy: float = 0.97) -> list[str]:
    """The rules that fire on a run of `LOSSES` with these changes."""
    epochs = [
        Epoch(number, number * STEPS, 0.3 / number, accuracy, loss, accuracy, 1.0)
        for number, loss in enumerate(LOSSES, start=1)
    ]
    values = notebook_but(epochs=8).model_dump(mode="json")
    run = Run("id", "ann", "it", 0.0, state, values, step=6 * STEPS, changes=changed)
    return [finding.rule for finding in findings_of(run, epochs)]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (0, ["overfitting"]),
        (STEPS, ["overfitting"]),  # best and three epochs since lie behind it
        (2 * STEPS, ["overfitting"]),
        (4 * STEPS, []),
        (5 * STEPS + 7, []),  # it settles: nothing is known of how it learns now
    ],
)
@pytest.mark.parametrize("state", [State.RUNNING, State.PAUSED])
def test_only_what_came_since_the_last_change_speaks_of_overfitting(
    step: int, said: list[str], state: State
) -> None:
    assert found([{"step": step, "learning_rate": 0.002}], state) == said


def test_nor_is_it_said_to_guess_while_it_settles() -> None:
    change = {"step": 4 * STEPS, "learning_rate": 0.1}
    assert found([], State.RUNNING, accuracy=0.1) == ["still guessing"]
    assert found([change], State.RUNNING, accuracy=0.1) == []
    assert found([{**change, "step": STEPS}], State.RUNNING, accuracy=0.1) == ["still guessing"]
