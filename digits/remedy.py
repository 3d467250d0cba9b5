"""Why a network that was trained has learned nothing, and the settings that help."""

from typing import Any, NamedTuple

from digits.choices import OPTIMIZER_ROWS
from digits.settings import MAX_EPOCHS, TRAINING_IMAGES, TrainingSettings, limits
from digits.words import a_digit, counted, plain_number, value_in_words

# How the sentence of a run begins whose loss grew beyond all bounds.
RAN_AWAY = "Training ran away"
# One digit said of every image is right for 9% to 11.4% of them.
GUESSING = 0.15
TIMES_TOO_LARGE = 10
TIMES_TOO_SMALL = 20
DEEP_FOR_SIGMOIDS = 3
STRONG_L2 = 0.01
STRONG_L1 = 0.005
MANY_WRONG = 0.8
STRONG_DROPOUT = 0.6
# All that a network knows of an image has to pass through its narrowest layer.
TOO_NARROW = 2
# Of the training images: with so few, more of them help more than all else.
FEW_IMAGES, VERY_FEW_IMAGES = TRAINING_IMAGES // 2, TRAINING_IMAGES // 10
SOME_AUGMENTATION = 0.4
WIDE_ENOUGH = 32
FAR = 5  # times, of a learning rate from the usual one
# An epoch ended at 19% to 53% through layers so narrow, through WIDE_ENOUGH units at 91% to 94%.
HELD_BACK = 0.85


class Remedy(NamedTuple):
    """What may be wrong, in a sentence; the settings with what helps; what changes, in words."""

    why: str
    settings: TrainingSettings
    changes: str


def after_running_away(settings: TrainingSettings) -> Remedy:
    """A tenth of the learning rate, as the sentence of such a run says."""
    lowest, _ = limits("learning_rate")
    rate = max(float(f"{settings.learning_rate / 10:.3g}"), lowest)
    return with_changes("Each step overshot the valley.", settings, {"learning_rate": rate})


def after_guessing(accuracy: float, settings: TrainingSettings) -> Remedy | None:
    """What to change in a network that still guesses; None if it has learned something.

    Args:
        accuracy: on the test images, after at least one epoch.
        settings: those of the run.
    """
    if accuracy >= GUESSING:
        return None
    reasons: list[str] = []
    changes: dict[str, Any] = {}
    if _narrowest(settings) <= TOO_NARROW:
        reasons.append(_said_of_narrow(settings))
        changes["hidden_layers"] = _widened(settings)
    usual = usual_rate(settings)
    if settings.learning_rate > TIMES_TOO_LARGE * usual:
        reasons.append("such large steps throw the weights where no step leads back from")
        changes["learning_rate"] = usual
    elif settings.learning_rate < usual / TIMES_TOO_SMALL:
        reasons.append("such small steps get nowhere in this time")
        changes["learning_rate"] = usual
    if settings.initializer == "zeros" and settings.hidden_layers:
        reasons.append("weights that all begin at 0 leave every unit of a layer the same")
        changes["initializer"] = "glorot"
    if settings.mislabelled >= MANY_WRONG:
        reasons.append(f"{settings.mislabelled:.0%} of the labels that it learns from are wrong")
        changes["mislabelled"] = 0.0
    layers = len(settings.hidden_layers)
    if settings.activation == "sigmoid" and layers >= DEEP_FOR_SIGMOIDS:
        reasons.append(f"through {layers} layers of sigmoids hardly any slope reaches the first")
        changes["activation"] = "relu"
    if settings.l1 >= STRONG_L1:
        reasons.append("so high a price on weights makes nearly all of them 0")
        changes["l1"] = 0.0
    if settings.l2 >= STRONG_L2:
        reasons.append("so high a price on weights keeps all of them near 0")
        changes["l2"] = 0.0
    if settings.dropout >= STRONG_DROPOUT:
        reasons.append("with so many units sitting out hardly anything gets through")
        changes["dropout"] = 0.0
    if not reasons:
        reasons.append("these settings do not go together")
        usual = OPTIMIZER_ROWS["adam"].usual_rate
        changes = {"optimizer": "adam", "learning_rate": usual, "activation": "relu"}
    return with_changes(f"It may be that {' and '.join(reasons)}.", settings, changes)


def after_narrowing(accuracy: float, settings: TrainingSettings) -> Remedy | None:
    """Wider layers for a network that learned little through narrow ones; None for all others.

    Args:
        accuracy: on the test images, after at least one epoch.
        settings: those of the run.
    """
    if accuracy >= HELD_BACK or _narrowest(settings) > TOO_NARROW:
        return None
    why = f"It gets no further because {_said_of_narrow(settings)}."
    return with_changes(why, settings, {"hidden_layers": _widened(settings)})


def after_overfitting(why: str, settings: TrainingSettings) -> Remedy:
    """More images where it has few, else augmentation, else a rate that falls, else nothing.

    Measured by `python -m benchmarks.learning.remedies`. Neither fewer epochs nor early stopping
    read better.

    Args:
        why: what the page says before it says what helps.
        settings: those of the run.
    """
    changes: dict[str, Any]
    if settings.images_used < FEW_IMAGES:
        helps, changes = "More images have more to teach.", {"images_used": TRAINING_IMAGES}
    elif not settings.augment:
        helps = "Augmentation bends its images anew in every epoch: none is learned by heart."
        changes = {"augment": SOME_AUGMENTATION}
    elif settings.schedule == "constant":
        helps = "A learning rate that falls to 0 lets it settle at the end."
        changes = {"schedule": "cosine"}
    else:
        helps, changes = "No setting here was found to help it further.", {}
    return with_changes(f"{why} {helps}", settings, changes)


def limit_in_words(settings: TrainingSettings) -> str:
    """What keeps a network with these settings from reading well, however long it trains, if known.

    Args:
        settings: those of the run.
    """
    if settings.left_out != "none":
        digit = a_digit(int(settings.left_out))
        return f"It never saw {digit}, and about one test image in ten is one."
    if settings.activation == "linear" and settings.hidden_layers:
        return "Its units are linear: all its layers together can do no more than one."
    if not settings.hidden_layers:
        return "It has no hidden layer: each pixel can only speak for a digit or against it."
    if settings.images_used < VERY_FEW_IMAGES:
        return f"It has only {settings.images_used:,} images to learn from."
    if _narrowest(settings) < WIDE_ENOUGH:
        return f"Its {_lets_through(settings)}."
    return ""


def worth_a_try(settings: TrainingSettings) -> list[tuple[str, TrainingSettings]]:
    """What often helps a network that reads badly for no known reason: in words, and as settings.

    Args:
        settings: those of the run.
    """
    rate, epochs = usual_rate(settings), min(2 * settings.epochs, MAX_EPOCHS)
    is_far = not 1 / FAR <= settings.learning_rate / rate <= FAR
    wider = tuple(max(units, WIDE_ENOUGH) for units in settings.hidden_layers)
    tries: list[tuple[str, dict[str, Any]]] = [
        ("no digit left out", {"left_out": "none"}),
        ("no wrong labels", {"mislabelled": 0.0}),
        ("more images", {"images_used": max(settings.images_used, FEW_IMAGES)}),
        ("a hidden layer", {"hidden_layers": settings.hidden_layers or (WIDE_ENOUGH,)}),
        ("relu", {"activation": "relu"} if settings.activation == "linear" else {}),
        ("wider layers", {"hidden_layers": wider}),
        ("no dropout", {"dropout": 0.0}),
        ("no penalty on weights", {"l1": 0.0, "l2": 0.0}),
        ("more epochs", {} if settings.patience else {"epochs": epochs}),
        (
            f"the usual learning rate {plain_number(rate)}",
            {"learning_rate": rate} if is_far else {},
        ),
        (
            "augmentation",
            {"augment": settings.augment or SOME_AUGMENTATION}
            if settings.images_used < FEW_IMAGES
            else {},
        ),
    ]
    changed = [(words, settings.model_copy(update=changes)) for words, changes in tries]
    return [(words, then) for words, then in changed if then != settings]


def usual_rate(settings: TrainingSettings) -> float:
    """The learning rate that the optimizer is usually given; Adam's for one that is gone."""
    return OPTIMIZER_ROWS.get(settings.optimizer, OPTIMIZER_ROWS["adam"]).usual_rate


def _narrowest(settings: TrainingSettings) -> int:
    return min(settings.hidden_layers, default=WIDE_ENOUGH)


def _said_of_narrow(settings: TrainingSettings) -> str:
    return f"{_lets_through(settings)}, too little to tell ten digits apart"


def _lets_through(settings: TrainingSettings) -> str:
    units = _narrowest(settings)
    layer = settings.hidden_layers.index(units) + 1
    return f"hidden layer {layer} lets only {counted(units, 'number')} of each image through"


def _widened(settings: TrainingSettings) -> tuple[int, ...]:
    return tuple(WIDE_ENOUGH if units <= TOO_NARROW else units for units in settings.hidden_layers)


def with_changes(why: str, settings: TrainingSettings, changes: dict[str, Any]) -> Remedy:
    """The remedy that sets `changes`, each by its field's name."""
    fields = TrainingSettings.model_fields
    said = [f"{fields[name].title} {value_in_words(value)}" for name, value in changes.items()]
    return Remedy(why, settings.model_copy(update=changes), ", ".join(said))
