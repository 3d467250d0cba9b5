"""Training: it repeats, it resumes, and it says what went wrong."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digits import compiled_loop, training
from digits.compiled_loop import TrainerPool
from digits.dataset import Mnist
from digits.divergence import Diverged
from digits.evaluation import evaluate
from digits.inference import digit_probabilities
from digits.network import build_network
from digits.settings import ACTIVATIONS, OPTIMIZERS, Activation, Optimizer, TrainingSettings
from digits.training import train
from tests.support.trainings import EPOCH_STEPS, SETTINGS, Outcome, assert_same, outcome
from trainer.checkpoints import packed, unpacked


def test_it_learns_and_reports_every_step(reference: Outcome) -> None:
    assert len(reference.losses) == len(reference.accuracies) == 2 * EPOCH_STEPS
    assert reference.last.step == 2 * EPOCH_STEPS
    assert [result.epoch for result in reference.epochs] == [1, 2]
    assert abs(reference.losses[0] - np.log(10)) < 0.5
    assert reference.losses[-20:].mean() < 0.6
    validation = reference.epochs[-1].validation
    assert validation is not None
    assert validation.accuracy > 0.8


def test_epoch_results_are_means_over_examples(reference: Outcome) -> None:
    sizes = [32] * (EPOCH_STEPS - 1) + [16]
    for result, first in zip(reference.epochs, (0, EPOCH_STEPS), strict=True):
        steps = slice(first, first + EPOCH_STEPS)
        assert result.loss == pytest.approx(np.average(reference.losses[steps], weights=sizes))
        accuracy = np.average(reference.accuracies[steps], weights=sizes)
        assert result.accuracy == pytest.approx(accuracy)
        assert result.seconds > 0


def test_after_an_epoch_training_images_are_measured_as_those_held_back_are(
    small_mnist: Mnist,
) -> None:
    settings = SETTINGS.model_copy(update={"dropout": 0.5, "left_out": "9"})
    ended = next(report for report in train(settings, small_mnist) if report.epoch)
    assert ended.epoch
    assert ended.epoch.training
    learned_from, held_back = settings.split(len(small_mnist.train_labels))
    labels = small_mnist.train_labels[:learned_from]
    chosen = np.flatnonzero(labels != 9)[:held_back]
    images = small_mnist.train_images[chosen]
    probabilities = digit_probabilities(ended.checkpoint().weights, settings.activation, images)
    accuracy = np.mean(probabilities.argmax(1) == labels[chosen])
    assert ended.epoch.training.accuracy == pytest.approx(accuracy)
    # In training half of the units sit out: the mean over the epoch is worse.
    assert ended.epoch.training.loss < ended.epoch.loss
    without = settings.model_copy(update={"validation_split": 0.0})
    ended = next(report for report in train(without, small_mnist) if report.epoch)
    assert ended.epoch
    assert ended.epoch.training is None


def test_first_report_is_the_untrained_network(small_mnist: Mnist) -> None:
    run = train(SETTINGS, small_mnist)
    first = next(run)
    assert (first.step, len(first.losses), first.epoch) == (0, 0, None)
    untrained = build_network(SETTINGS).get_weights()
    assert all(map(np.array_equal, first.checkpoint().weights, untrained))


def test_each_epoch_takes_every_example_once_in_another_order(
    small_mnist: Mnist, batches_taken: list[NDArray[np.int32]]
) -> None:
    outcome(SETTINGS, small_mnist)
    first, second = np.split(np.stack(batches_taken), 2)
    assert sorted(first[first >= 0]) == sorted(second[second >= 0]) == list(range(3600))
    assert not np.array_equal(first, second)


def test_a_known_shape_gives_the_same_run(reference: Outcome, small_mnist: Mnist) -> None:
    outcome(SETTINGS.model_copy(update={"seed": 5, "epochs": 1}), small_mnist)
    assert_same(reference, outcome(SETTINGS, small_mnist))


def test_a_new_shape_gives_the_same_run(
    reference: Outcome, small_mnist: Mnist, new_pool: TrainerPool
) -> None:
    assert_same(reference, outcome(SETTINGS, small_mnist))
    assert len(new_pool._idle) == 1


def test_the_pace_of_reports_does_not_matter(
    reference: Outcome, small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SECONDS_PER_REPORT", 0.0)
    slow = outcome(SETTINGS, small_mnist)
    assert slow.reports > reference.reports
    assert_same(reference, slow)


def test_another_seed_gives_another_run(reference: Outcome, small_mnist: Mnist) -> None:
    other = outcome(SETTINGS.model_copy(update={"seed": 5, "epochs": 1}), small_mnist)
    assert not np.array_equal(other.losses, reference.losses[:EPOCH_STEPS])


# Before the compiled steps, after them, at the end of an epoch, in the second and at the very end.
@pytest.mark.parametrize("after", [0, 30, 64, 90, EPOCH_STEPS, 150, 2 * EPOCH_STEPS])
def test_a_checkpoint_continues_to_the_last_digit(
    after: int, reference: Outcome, small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short reports, so that there is one near every step.
    with monkeypatch.context() as patch:
        patch.setattr(training, "SECONDS_PER_REPORT", 0.0)
        patch.setattr(compiled_loop, "MAX_STEPS_PER_CALL", 1)
        run = train(SETTINGS, small_mnist)
        checkpoint = next(report.checkpoint() for report in run if report.step >= after)
    resumed = outcome(SETTINGS, small_mnist, checkpoint)
    assert len(resumed.losses) == 2 * EPOCH_STEPS - checkpoint.step
    assert_same(reference, resumed)
    assert [result.loss for result in resumed.epochs] == [
        result.loss for result in reference.epochs[2 - len(resumed.epochs) :]
    ]


def test_a_checkpoint_is_a_copy(small_mnist: Mnist) -> None:
    run = train(SETTINGS, small_mnist)
    checkpoint = next(run).checkpoint()
    before = [weight.copy() for weight in checkpoint.weights]
    next(run)
    assert all(map(np.array_equal, checkpoint.weights, before))


def test_the_loss_of_an_epoch_is_that_of_the_images_alone(small_mnist: Mnist) -> None:
    settings = SETTINGS.model_copy(update={"l2": 0.02, "epochs": 1})
    reports = list(train(settings, small_mnist))
    alone = np.concatenate([report.series["loss"] for report in reports if len(report)])
    penalties = np.concatenate([report.series["penalty"] for report in reports if len(report)])
    kernels = build_network(settings).get_weights()[::2]
    untrained = settings.l2 * sum(float(np.sum(kernel.astype(float) ** 2)) for kernel in kernels)
    assert penalties[0] == pytest.approx(untrained, rel=1e-4)
    sizes = [32] * (EPOCH_STEPS - 1) + [16]
    result = reports[-1].epoch
    assert result is not None
    assert result.loss == pytest.approx(np.average(alone, weights=sizes))
    assert result.loss + penalties.min() < np.concatenate([each.losses for each in reports]).mean()
    # A checkpoint in the middle of the epoch keeps what belongs to its mean.
    middle = next(each.checkpoint() for each in train(settings, small_mnist) if each.step)
    resumed = outcome(settings, small_mnist, middle)
    assert resumed.epochs[0].loss == pytest.approx(result.loss, rel=1e-6)


@pytest.mark.parametrize(
    "change", [{"loss": "squared error"}, {"label_smoothing": 0.3}, {"l1": 0.001}], ids=str
)
def test_charts_show_the_cross_entropy_whatever_training_makes_smaller(
    change: dict[str, Any], reference: Outcome, small_mnist: Mnist
) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 1, **change})
    reports = list(train(settings, small_mnist))
    shown = np.concatenate([report.series["loss"] for report in reports if len(report)])
    assert shown[0] == pytest.approx(reference.losses[0], rel=1e-5), "of the same weights"
    assert abs(np.concatenate([each.losses for each in reports])[0] - shown[0]) > 0.01
    assert shown[-20:].mean() < 0.5 * shown[0]


def test_zeros_learn_no_more_than_how_often_each_digit_comes(small_mnist: Mnist) -> None:
    run = outcome(SETTINGS.model_copy(update={"initializer": "zeros"}), small_mnist)
    kernels = run.last.weights[::2]
    assert not np.concatenate([kernel.ravel() for kernel in kernels]).any()
    assert run.losses[-1] == pytest.approx(np.log(10), abs=0.15)


def test_early_stopping_waits_goes_back_to_the_best_epoch_and_resumes(small_mnist: Mnist) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 30, "learning_rate": 0.02, "patience": 2})
    reports = list(train(settings, small_mnist))
    losses = [
        each.epoch.validation.loss for each in reports if each.epoch and each.epoch.validation
    ]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + settings.patience < 30
    assert [each.kept_epoch for each in reports if each.kept_epoch] == [best + 1]
    last = reports[-1].checkpoint()
    held_back = small_mnist.train_images[3600:], small_mnist.train_labels[3600:]
    kept = evaluate(last.weights, settings, *held_back)
    assert kept.loss == pytest.approx(losses[best], rel=1e-6)
    # From within the waiting, through a file.
    run = train(settings, small_mnist)
    waiting = next(each.checkpoint() for each in run if each.step > (best + 1) * EPOCH_STEPS + 9)
    resumed = outcome(settings, small_mnist, unpacked(packed(waiting)))
    assert resumed.last.step == last.step
    assert all(map(np.array_equal, resumed.last.weights, last.weights))


def test_early_stopping_keeps_the_best_epoch_at_the_planned_end_too(small_mnist: Mnist) -> None:
    *_, last = train(SETTINGS.model_copy(update={"patience": 5}), small_mnist)
    assert last.kept_epoch == SETTINGS.epochs == 2


def test_one_batch_larger_than_the_training_set(small_mnist: Mnist) -> None:
    settings = TrainingSettings(hidden_layers=(16,), batch_size=4096, epochs=3)
    run = outcome(settings, small_mnist)
    assert len(run.losses) == 3
    untrained = build_network(settings).get_weights()
    all_of_them = small_mnist.train_images[:3600], small_mnist.train_labels[:3600]
    expected = evaluate(untrained, settings, *all_of_them)
    assert run.losses[0] == pytest.approx(expected.loss, abs=1e-5)
    assert run.accuracies[0] == pytest.approx(expected.accuracy, abs=1e-5)
    assert run.losses[2] < run.losses[0]


def test_one_example_a_batch(small_mnist: Mnist) -> None:
    few = small_mnist._replace(
        train_images=small_mnist.train_images[:100], train_labels=small_mnist.train_labels[:100]
    )
    run = outcome(TrainingSettings(hidden_layers=(4,), batch_size=1, epochs=1), few)
    assert len(run.losses) == 90
    assert set(run.accuracies) <= {0.0, 1.0}


def test_without_validation_all_images_are_trained_on(
    small_mnist: Mnist, batches_taken: list[NDArray[np.int32]]
) -> None:
    settings = SETTINGS.model_copy(update={"validation_split": 0.0, "epochs": 1})
    run = outcome(settings, small_mnist)
    assert run.epochs[0].validation is None
    assert sorted(np.concatenate(batches_taken)) == list(range(4000))


def test_validation_takes_the_last_images(small_mnist: Mnist) -> None:
    settings = SETTINGS.model_copy(update={"validation_split": 0.5, "epochs": 1})
    run = outcome(settings, small_mnist)
    held_back = small_mnist.train_images[2000:], small_mnist.train_labels[2000:]
    assert run.epochs[0].validation == evaluate(run.last.weights, settings, *held_back)
    assert len(run.losses) == 63


def test_without_hidden_layers(small_mnist: Mnist) -> None:
    run = outcome(TrainingSettings(hidden_layers=(), batch_size=32, epochs=1), small_mnist)
    assert [weight.shape for weight in run.last.weights] == [(784, 10), (10,)]
    assert run.losses[-20:].mean() < 1


def test_dropout_repeats_and_costs_accuracy_only_in_training(small_mnist: Mnist) -> None:
    settings = SETTINGS.model_copy(update={"dropout": 0.5})
    first = outcome(settings, small_mnist)
    assert_same(first, outcome(settings, small_mnist))
    validation = first.epochs[-1].validation
    assert validation is not None
    assert validation.accuracy > first.epochs[-1].accuracy


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_divergence_is_explained(optimizer: Optimizer, small_mnist: Mnist) -> None:
    settings = TrainingSettings(optimizer=optimizer, learning_rate=10)
    with pytest.raises(
        Diverged, match=r"ran away at step \d.*learning rate a tenth of 10"
    ) as caught:
        outcome(settings, small_mnist)
    assert ("Adam" in str(caught.value)) == (optimizer != "adam")


@pytest.mark.parametrize("validation_split", [0, 0.1])
def test_what_runs_away_in_the_very_last_step_has_diverged(
    validation_split: float, small_mnist: Mnist
) -> None:
    settings = TrainingSettings(
        batch_size=4096,  # an epoch is one step
        epochs=50,
        optimizer="sgd",
        learning_rate=10,
        validation_split=validation_split,
    )
    with pytest.raises(Diverged) as caught:
        outcome(settings, small_mnist)
    ruined_by = caught.value.last.step
    assert ruined_by > 1
    shorter = settings.model_copy(update={"epochs": ruined_by})
    with pytest.raises(Diverged, match=f"ran away at step {ruined_by}:") as caught:
        outcome(shorter, small_mnist)
    assert caught.value.last.step == ruined_by
    assert len(caught.value.last.losses) == 1
    assert len(outcome(settings.model_copy(update={"epochs": 1}), small_mnist).losses) == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_evaluation_agrees_with_the_numpy_forward_pass(
    activation: Activation, small_mnist: Mnist
) -> None:
    settings = TrainingSettings(hidden_layers=(32, 16), activation=activation)
    weights = build_network(settings).get_weights()
    images, labels = small_mnist.test_images, small_mnist.test_labels
    found = evaluate(weights, settings, images, labels)
    probabilities = digit_probabilities(weights, activation, images)
    expected = -np.log(probabilities[np.arange(len(labels)), labels]).mean()
    assert found.loss == pytest.approx(expected, abs=1e-5)
    assert found.accuracy == pytest.approx((probabilities.argmax(1) == labels).mean(), abs=1e-6)
