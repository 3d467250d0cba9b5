"""The rules over a run: what each sees, and that a healthy run gets no word."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits.diagnosis import RULES, EpochFigures, Evidence, diagnosed
from digits.inference import FloatArray
from digits.recipes import NOTEBOOK
from digits.settings import TrainingSettings
from digits.unit_health import UnitHealth, unit_health

ROOT = Path(__file__).parents[2]
HEALTHY = UnitHealth(0.01, 0.03)


def evidence(
    losses: Sequence[float], accuracy: float = 0.97, health: UnitHealth = HEALTHY, **changes: Any
) -> Evidence:
    """A run that has ended with these validation losses, while its training loss fell."""
    settings = NOTEBOOK.model_copy(update={"epochs": len(losses), **changes})
    epochs = [
        EpochFigures(0.3 / number, accuracy, loss, accuracy)
        for number, loss in enumerate(losses, start=1)
    ]
    return Evidence(settings, epochs, ended=True, test_accuracy=accuracy, health=health)


LEARNED = (0.151, 0.120, 0.112, 0.110, 0.103)
CASES = {
    "still guessing": (evidence((2.31,) * 5, 0.1135, learning_rate=0.3), "11.35%"),
    "too narrow": (evidence((1.6, 1.5, 1.4), 0.4, hidden_layers=(64, 2)), "40.00%"),
    "saturated units": (
        evidence(LEARNED, health=UnitHealth(0.0, 0.62), activation="tanh"),
        "62% of the hidden units",
    ),
    "dead units": (evidence(LEARNED, health=UnitHealth(0.4, 0.5)), "40% of the hidden units"),
    "overfitting": (evidence((0.2, 0.1, 0.11, 0.12, 0.14)), "after epoch 2, with 0.100"),
    "rate too low": (
        evidence((2.0, 1.95, 1.9), 0.6, learning_rate=1e-5),
        "slowly: 60.00% after 3 epochs",
    ),
    "still improving": (evidence((0.4, 0.3, 0.2)), "fell by 50% in 2 epochs"),
}


def test_every_rule_has_a_case_and_its_source_in_the_documentation() -> None:
    assert list(CASES) == [rule.name for rule in RULES]
    text = (ROOT / "docs" / "diagnosis.md").read_text(encoding="utf-8")
    assert [rule for rule in RULES if f"| {rule.name} | {rule.source} |" not in text] == []


@pytest.mark.parametrize("name", CASES)
def test_a_rule_sees_its_case_alone_says_the_number_and_sets_something(name: str) -> None:
    seen, number = CASES[name]
    (finding,) = diagnosed(seen)
    assert finding.rule == name
    assert number in finding.saw
    assert finding.remedy.settings != seen.settings
    assert TrainingSettings.model_validate(finding.remedy.settings.model_dump())


def test_a_healthy_run_gets_no_word() -> None:
    assert diagnosed(evidence(LEARNED)) == []
    assert diagnosed(evidence(LEARNED)._replace(epochs=[], test_accuracy=None)) == []


@pytest.mark.parametrize(
    ("rate", "accuracy", "said"),
    [(3e-5, 0.92, ["rate too low"]), (3e-5, 0.96, []), (5e-4, 0.92, []), (1e-3, 0.92, [])],
)
def test_a_tiny_rate_is_found_until_the_network_reads_well(
    rate: float, accuracy: float, said: list[str]
) -> None:
    seen = evidence(LEARNED, accuracy, learning_rate=rate)
    assert [finding.rule for finding in diagnosed(seen)] == said


def test_without_validation_images_nothing_is_said_of_them() -> None:
    seen = evidence((0.2, 0.1, 0.11, 0.12, 0.14))
    blind = [epoch._replace(validation_loss=None) for epoch in seen.epochs]
    assert diagnosed(seen._replace(epochs=blind)) == []


@pytest.mark.parametrize(
    ("accuracies", "saw", "why"),
    [
        ((0.976, 0.977), "stayed level: 97.60% then, 97.70% now.", "surer of its mistakes"),
        ((0.976, 0.970), "fell too, from 97.60% to 97.00%.", "reads others less well"),
        ((0.970, 0.976), "rose all the same, from 97.00% to 97.60%.", "wrong less often"),
    ],
)
def test_of_overfitting_it_says_what_became_of_the_accuracy(
    accuracies: tuple[float, float], saw: str, why: str
) -> None:
    seen = overfitted(*accuracies)
    (finding,) = diagnosed(seen)
    assert finding.saw.endswith(f"The validation accuracy {saw}")
    assert why in finding.remedy.why


def overfitted(then: float, now: float, **changes: Any) -> Evidence:
    """A run whose validation loss was lowest after the second of five epochs."""
    seen = evidence((0.2, 0.1, 0.11, 0.12, 0.14), **changes)
    epochs = [*seen.epochs]
    epochs[1] = epochs[1]._replace(validation_accuracy=then)
    epochs[-1] = epochs[-1]._replace(validation_accuracy=now)
    return seen._replace(epochs=epochs)


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({}, "Augmentation 0.4"),
        ({"images_used": 500}, "Images used 60,000"),
        ({"augment": 0.4}, "Learning rate schedule cosine"),
    ],
)
def test_what_helps_against_overfitting_fits_the_settings(
    changes: dict[str, Any], remedy: str
) -> None:
    (finding,) = diagnosed(overfitted(0.97, 0.97, **changes))
    assert finding.remedy.changes == remedy


def test_where_nothing_was_found_to_help_none_is_sent_for_a_worse_network() -> None:
    all_tried = {"augment": 0.4, "schedule": "cosine"}
    assert diagnosed(overfitted(0.97, 0.97, **all_tried)) == []
    (finding,) = diagnosed(overfitted(0.97, 0.95, **all_tried))
    assert finding.remedy.changes == ""
    assert "No setting here" in finding.remedy.why


def test_dead_units_of_a_network_that_reads_well_are_no_fault() -> None:
    seen = evidence(LEARNED, health=UnitHealth(0.3, 0.0))._replace(test_accuracy=0.993)
    assert diagnosed(seen) == []


def test_a_loss_that_rises_on_its_own_images_too_is_no_overfitting() -> None:
    seen = overfitted(0.97, 0.96)
    restarted = [*seen.epochs[:-1], seen.epochs[-1]._replace(loss=0.5)]
    assert diagnosed(seen._replace(epochs=restarted)) == []


def test_epochs_before_a_change_are_counted_and_not_judged() -> None:
    (finding,) = diagnosed(overfitted(0.97, 0.97)._replace(before=4))
    assert "lowest after epoch 6" in finding.saw


def test_a_run_that_keeps_its_best_epoch_does_not_overfit() -> None:
    assert diagnosed(overfitted(0.97, 0.97, patience=3)) == []


def test_a_run_that_goes_on_is_not_said_to_have_ended_too_early() -> None:
    assert diagnosed(evidence((0.4, 0.3, 0.2))._replace(ended=False)) == []


def network(bias: float) -> list[FloatArray]:
    """Four hidden units, of which two are given `bias`."""
    dice = np.random.default_rng(7)
    kernel = dice.normal(0, 0.05, (784, 4)).astype(np.float32)
    biases = np.array([0, 0, bias, bias], np.float32)
    return [kernel, biases, np.ones((4, 10), np.float32), np.zeros(10, np.float32)]


def test_dead_and_saturated_units_are_counted() -> None:
    images = (np.random.default_rng(8).random((50, 28, 28)) < 0.1).astype(np.uint8) * 255
    assert unit_health(network(-100), "relu", images).dead == 0.5
    assert unit_health(network(-100), "leaky_relu", images) == UnitHealth(0.0, 0.0)
    assert unit_health(network(-12), "sigmoid", images) == UnitHealth(0.0, 0.5)
    assert unit_health(network(0), "tanh", images) == UnitHealth(0.0, 0.0)
    assert unit_health(
        [np.ones((784, 10), np.float32), np.zeros(10, np.float32)], "relu", images
    ) == (0, 0)
