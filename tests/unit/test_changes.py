"""Settings that change while a run trains: exactly, at their step, and again the same."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits import training
from digits.changes import IN_FLIGHT, Change, next_change, settings_at
from digits.compiled_loop import CompiledTrainer, TrainerPool
from digits.course import with_change
from digits.dataset import Mnist
from digits.progress import Checkpoint, Progress
from digits.settings import TrainingSettings
from digits.training import train
from trainer.checkpoints import packed, unpacked

SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
EPOCH_STEPS = 113
CHANGES = [
    Change(5, {"learning_rate": 0.01}),
    Change(60, {"dropout": 0.3, "learning_rate": 0.003}),
    Change(120, {"l2": 0.001}),
    Change(150, {"dropout": 0.0}),
]


def losses(reports: Sequence[Progress]) -> Any:
    """Return what was measured of every batch, and the weights at the end."""
    return np.concatenate([each.series["loss"] for each in reports if len(each)])


def assert_same(one: Sequence[Progress], other: Sequence[Progress]) -> None:
    assert (losses(one) == losses(other)).all()
    ended, expected = one[-1].checkpoint(), other[-1].checkpoint()
    for mine, theirs in zip(ended.weights, expected.weights, strict=True):
        assert (mine == theirs).all()


@pytest.fixture(scope="module")
def planned(small_mnist: Mnist) -> list[Progress]:
    """Return the reports of a run whose changes are known from the start."""
    return list(train(SETTINGS, small_mnist, changes=CHANGES))


def test_every_change_holds_from_its_step_on(planned: list[Progress]) -> None:
    rates = np.concatenate([each.series["learning_rate"] for each in planned if len(each)])
    expected = np.repeat(np.array([0.001, 0.01, 0.003], np.float32), [5, 55, 2 * EPOCH_STEPS - 60])
    assert (rates == expected).all()
    penalised = [step for each in planned for step in steps_of(each) if "penalty" in each.series]
    assert penalised == list(range(121, 2 * EPOCH_STEPS + 1))


def steps_of(report: Progress) -> range:
    """Return the numbers of the steps that are reported, the first being 1."""
    return range(report.step - len(report) + 1, report.step + 1)


def test_up_to_a_change_the_run_is_as_without(planned: list[Progress], small_mnist: Mnist) -> None:
    plain = losses(list(train(SETTINGS, small_mnist)))
    changed = losses(planned)
    # The loss of a batch is taken before its step.
    assert (plain[:6] == changed[:6]).all()
    assert not (plain[6:] == changed[6:]).any()


def test_a_run_whose_settings_were_changed_on_the_way_can_be_repeated(small_mnist: Mnist) -> None:
    made: list[Change] = []
    reports = []
    longer = SETTINGS.model_copy(update={"epochs": 5})
    for report in train(longer, small_mnist, changes=made):
        reports.append(report)
        if report.step and len(made) < len(CHANGES):
            made.append(Change(report.step, CHANGES[len(made)].values))
    assert len(made) == len(CHANGES)
    assert_same(reports, list(train(longer, small_mnist, changes=made)))


@pytest.mark.parametrize("pause", [5, 30, 60, 119, 121, 150, 200])
def test_a_pause_changes_nothing(pause: int, planned: list[Progress], small_mnist: Mnist) -> None:
    reports = []
    marked = [*CHANGES, Change(pause, {})]
    for report in train(SETTINGS, small_mnist, changes=marked):
        reports.append(report)
        if report.step >= pause:
            break
    checkpoint: Checkpoint = unpacked(packed(report.checkpoint()))
    reports += train(SETTINGS, small_mnist, checkpoint, changes=CHANGES)
    assert_same(reports, planned)


def test_only_what_was_off_needs_another_loop(
    small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[TrainingSettings] = []

    class Counted(CompiledTrainer):
        def __init__(self, settings: TrainingSettings, *arguments: Any) -> None:
            made.append(settings)
            super().__init__(settings, *arguments)

    monkeypatch.setattr("digits.compiled_loop.CompiledTrainer", Counted)
    monkeypatch.setattr(training, "_pool", TrainerPool())
    settings = SETTINGS.model_copy(update={"dropout": 0.1, "l2": 0.001, "epochs": 1})
    changes = [
        Change(20, {"learning_rate": 0.1}),
        Change(30, {"dropout": 0.5, "l2": 0.01}),
        Change(40, {"l2": 0.0}),
        Change(60, {"l2": 0.1}),
    ]
    list(train(settings, small_mnist, changes=changes))
    assert [each.l2 for each in made] == [0.001, 0.0], "the first is taken again"


rates = st.floats(1e-4, 1)
some_changes = st.lists(
    st.builds(Change, st.integers(0, 50), st.fixed_dictionaries({"learning_rate": rates}))
).map(lambda some: sorted(some, key=lambda change: change.step))


@given(some_changes, st.integers(0, 60), rates)
def test_what_is_wanted_holds_from_now_on_and_what_was_before_stays(
    changes: list[Change], step: int, rate: float
) -> None:
    wanted = {"learning_rate": rate}
    kept = with_change(step, wanted, SETTINGS, changes)
    assert settings_at(60, SETTINGS, kept).learning_rate == rate
    for before in range(step):
        assert settings_at(before, SETTINGS, kept) == settings_at(before, SETTINGS, changes)
    assert with_change(step, wanted, SETTINGS, kept) is kept, "nothing new is nothing"
    assert next_change(60, kept) == float("inf")


def test_a_run_put_back_goes_through_the_changes_that_it_had() -> None:
    wanted = {"learning_rate": 0.003, "dropout": 0.0, "l2": 0.001}
    assert with_change(10, wanted, SETTINGS, CHANGES) is CHANGES
    assert with_change(10, {"learning_rate": 0.01}, SETTINGS, CHANGES) == CHANGES[:1]
    assert settings_at(0, SETTINGS, []) is SETTINGS
    assert {"learning_rate", "dropout", "l2", "l1", "label_smoothing"} <= set(IN_FLIGHT)
