"""Settings that a branch goes on with, those among them that need another compilation."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from digits.changes import AT_A_BRANCH, HELD, IN_FLIGHT, Change
from digits.course import with_change
from digits.dataset import Mnist
from digits.progress import Checkpoint, Progress
from digits.settings import ROWS, TrainingSettings
from digits.training import train
from trainer.checkpoints import packed, unpacked

SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
EPOCH_STEPS = 113
WITHIN = 60
OTHERWISE: dict[str, Any] = {
    "activation": "tanh",
    "optimizer": "sgd",
    "loss": "squared error",
    "schedule": "cosine",
    "augment": 0.5,
    "mislabelled": 0.5,
    "dropout": 0.3,
    "l1": 0.001,
    "l2": 0.001,
    "label_smoothing": 0.2,
    "learning_rate": 0.01,
}


def losses(reports: Sequence[Progress]) -> Any:
    return np.concatenate([each.series["loss"] for each in reports if len(each)])


def until(step: int, reports: Any) -> tuple[list[Progress], Checkpoint]:
    """Return the reports up to a step that one ends with, and a checkpoint as it is stored."""
    seen = []
    for report in reports:
        seen.append(report)
        if report.step >= step:
            break
    return seen, unpacked(packed(seen[-1].checkpoint()))


def branched(dataset: Mnist, name: str, step: int = WITHIN) -> list[Progress]:
    changes = [Change(step, {name: OTHERWISE[name]})]
    return list(train(SETTINGS, dataset, changes=changes))


@pytest.fixture(scope="module")
def plain(small_mnist: Mnist) -> list[Progress]:
    """Return the reports of a run that goes its way without a change."""
    return list(train(SETTINGS, small_mnist))


def test_every_setting_can_change_at_a_branch_or_says_why_not() -> None:
    assert {*AT_A_BRANCH} | {*HELD} == {*TrainingSettings.model_fields}
    assert {*IN_FLIGHT} < {*AT_A_BRANCH}
    assert {*OTHERWISE} | {"patience", "batch_size"} <= {*AT_A_BRANCH}
    shapes = {name for name, row in ROWS.items() if row.compiled} & {*AT_A_BRANCH}
    assert {"activation", "optimizer", "loss"} < shapes


@pytest.mark.parametrize("name", OTHERWISE)
def test_up_to_its_step_a_branch_is_the_run_and_then_it_is_not(
    name: str, plain: list[Progress], small_mnist: Mnist
) -> None:
    its, whole = losses(branched(small_mnist, name)), losses(plain)
    # The loss of a batch is taken before its step, but with its activation, images and labels.
    same = WITHIN + 1 - (name in ("activation", "augment", "mislabelled", "dropout"))
    assert (its[:same] == whole[:same]).all()
    assert not (its[same:] == whole[same:]).all()
    assert len(its) == len(whole)


@pytest.mark.parametrize("name", ["activation", "optimizer", "loss", "augment", "mislabelled"])
@pytest.mark.parametrize("pause", [30, WITHIN, WITHIN + 1, EPOCH_STEPS, 150])
def test_a_pause_changes_nothing_in_a_branch(name: str, pause: int, small_mnist: Mnist) -> None:
    changes = [Change(WITHIN, {name: OTHERWISE[name]})]
    marked = sorted([*changes, Change(pause, {})], key=lambda change: change.step)
    first, kept = until(pause, train(SETTINGS, small_mnist, changes=marked))
    rest = list(train(SETTINGS, small_mnist, kept, changes=changes))
    assert (losses([*first, *rest]) == losses(branched(small_mnist, name))).all()


@pytest.mark.parametrize("step", [0, WITHIN, EPOCH_STEPS])
def test_another_optimizer_begins_anew_with_the_weights_as_they_are(
    step: int, small_mnist: Mnist
) -> None:
    changes = [Change(step, {"optimizer": "momentum"})]
    its = losses(list(train(SETTINGS, small_mnist, changes=changes)))
    _, kept = until(step, train(SETTINGS, small_mnist, changes=[Change(step, {})]))
    of_momentum = SETTINGS.model_copy(update={"optimizer": "momentum"})
    untouched = next(iter(train(of_momentum, small_mnist))).checkpoint().optimizer
    fresh = Checkpoint(step, kept.weights, untouched, kept.epoch_losses, kept.epoch_accuracies)
    assert (its[step:] == losses(list(train(of_momentum, small_mnist, fresh)))).all()


def test_another_activation_forgets_the_best_epoch_of_the_one_before(small_mnist: Mnist) -> None:
    patient = SETTINGS.model_copy(update={"patience": 5, "epochs": 3})
    changes = [Change(2 * EPOCH_STEPS, {"activation": "sigmoid"})]
    *_, last = train(patient, small_mnist, changes=changes)
    assert last.kept_epoch == 3, "the only one that this activation has ended"


def test_what_a_branch_is_to_do_outlives_a_change_in_flight() -> None:
    planned = [Change(WITHIN, {"optimizer": "sgd", "learning_rate": 0.1})]
    wanted = {name: getattr(SETTINGS, name) for name in IN_FLIGHT}
    assert with_change(10, wanted | {"dropout": 0.2}, SETTINGS, planned) == [
        Change(10, {"dropout": 0.2}),
        Change(WITHIN, {"optimizer": "sgd"}),
    ]
