"""What a visitor can choose about a run, read from what they typed, an address or a store."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, Self, get_args, get_origin

import numpy as np
from pydantic import ValidationError

from digits.choices import SCHEDULE_ROWS
from digits.setting_row import Row
from digits.settings_table import (
    ACTIVATIONS,
    CLASSES,
    IMAGE_PIXELS,
    INITIALIZERS,
    MAX_EPOCHS,
    MAX_HIDDEN_LAYERS,
    MAX_UNITS,
    OPTIMIZERS,
    SCHEDULES,
    TEST_IMAGES,
    TRAINING_IMAGES,
    WITHOUT_A_DIGIT,
    Activation,
    Optimizer,
    SettingsTable,
    architecture,
)
from digits.words import plain_number

# Other rooms find the table here too.
__all__ = [
    "ACTIVATIONS",
    "CHOICES",
    "CLASSES",
    "FIELDS_BY_ALIAS",
    "IMAGE_PIXELS",
    "INITIALIZERS",
    "MAX_EPOCHS",
    "MAX_HIDDEN_LAYERS",
    "MAX_UNITS",
    "OPTIMIZERS",
    "OUTDATED",
    "ROWS",
    "SCHEDULES",
    "TEST_IMAGES",
    "TRAINING_IMAGES",
    "Activation",
    "Optimizer",
    "TrainingSettings",
    "allowed",
    "contradictions",
    "limits",
    "problems",
    "problems_by_field",
]

# Before the sentences of `problems`, where a stored run is to be carried out.
OUTDATED = "The settings of this run are from another version of this program, or other limits."
# What pydantic calls a value of the right kind that is too large, too small or no choice any more.
REFUSED_TODAY = {"less_than_equal", "greater_than_equal", "too_long", "literal_error"}


class TrainingSettings(SettingsTable):
    """What a visitor can choose about one training run. The defaults are the notebook's.

    Raises:
        pydantic.ValidationError: a value lies outside its limits; `problems` puts it into words.
    """

    @property
    def layer_widths(self) -> tuple[int, ...]:
        """Width of every layer from the 784 pixels to the 10 classes."""
        return (IMAGE_PIXELS, *self.hidden_layers, CLASSES)

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases that training adjusts."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.layer_widths))

    @property
    def architecture(self) -> str:
        """The layers in one short line, such as `784-128-64-10`."""
        return architecture(self.hidden_layers)

    def without_seed(self) -> Self:
        """What runs that differ in their seed alone have in common: the usual seed."""
        return self.model_copy(update={"seed": type(self).model_fields["seed"].default})

    def rate_at(self, done: float) -> float:
        """The learning rate when the share `done` of all steps has been taken."""
        return self.learning_rate * float(SCHEDULE_ROWS[self.schedule](np.asarray(done)))

    def split(self, examples: int) -> tuple[int, int]:
        """Numbers of examples trained on and held back, out of `examples`.

        The examples held back are the last ones, as with Keras' own `validation_split`.
        """
        held_back = int(examples * self.validation_split)
        others = examples - held_back
        if self.left_out != "none":
            others = int(WITHOUT_A_DIGIT * others)
        return min(others, self.images_used), held_back

    def steps_per_epoch(self, examples: int) -> int:
        """Batches in one epoch when `examples` are trained on; the last may be a smaller one."""
        return max(1, -(-examples // self.batch_size))

    @property
    def steps_per_mnist_epoch(self) -> int:
        """Batches in one epoch of MNIST's training images, without those held back."""
        return self.steps_per_epoch(self.split(TRAINING_IMAGES)[0])

    def to_query(self) -> dict[str, str]:
        """The URL form: only what differs from the defaults."""
        default = TrainingSettings()
        return {
            field.alias or name: _written(getattr(self, name))
            for name, field in TrainingSettings.model_fields.items()
            if getattr(self, name) != getattr(default, name)
        }

    def to_full_query(self) -> dict[str, str]:
        """The URL form that is never empty: the defaults are named by their layers."""
        return self.to_query() or {"layers": _written(self.hidden_layers)}

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> "TrainingSettings":
        """Read what a store holds of a run, perhaps made under other limits or by another version.

        What is no setting any more is left out, what is missing or makes no sense has its default.
        What today's limits refuse is kept, since it is how that run was trained: to carry it out,
        validate it.
        """
        with suppress(ValidationError):
            return cls.model_validate(values)
        kept: dict[str, Any] = {}
        for name in cls.model_fields.keys() & values.keys():
            try:
                kept[name] = getattr(cls.model_validate({name: values[name]}), name)
            except ValidationError as error:
                refused_today = {each["type"] for each in error.errors()} <= REFUSED_TODAY
                if refused_today and _makes_sense(name, values[name]):
                    kept[name] = _as_field(values[name])
        return cls.model_construct(**kept)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["TrainingSettings", list[str]]:
        """Read settings from URL parameters; what cannot be read keeps its default.

        Args:
            query: parameters by name; names that are no setting are left alone.

        Returns:
            The settings, and a sentence for each parameter that was refused.
        """
        values: dict[str, object] = {}
        refused: list[str] = []
        for name, field in cls.model_fields.items():
            text = query.get(field.alias or name)
            if text is None:
                continue
            value: object = _layers(text) if name == "hidden_layers" else text
            try:
                cls.model_validate({name: value})
                values[name] = value
            except ValidationError as error:
                refused += problems(error)
        settings = cls.model_validate(values)
        for name, sentence in contradictions(settings).items():
            refused.append(sentence)
            del values[name]
        return cls.model_validate(values), refused


ROWS = {
    name: next(each for each in field.metadata if isinstance(each, Row))
    for name, field in TrainingSettings.model_fields.items()
}
# The settings that are a word, and the words.
CHOICES: dict[str, tuple[str, ...]] = {
    name: get_args(field.annotation)
    for name, field in TrainingSettings.model_fields.items()
    if get_origin(field.annotation) is Literal
}


# By what a setting is called in an address.
FIELDS_BY_ALIAS = {
    field.alias or name: name for name, field in TrainingSettings.model_fields.items()
}


def problems(error: ValidationError) -> list[str]:
    """What is wrong with refused settings, a sentence a field: what is allowed and what came."""
    return list(problems_by_field(error).values())


def problems_by_field(error: ValidationError) -> dict[str, str]:
    """The sentences of `problems` by the name of the field, to be said beside it."""
    sentences: dict[str, str] = {}
    for detail in error.errors():
        if detail["loc"]:
            name = _field_name(str(detail["loc"][0]))
            sentences.setdefault(name, _sentence(name, len(detail["loc"]) > 1, detail["input"]))
    return sentences


def contradictions(settings: TrainingSettings) -> dict[str, str]:
    """What does not go together, a sentence for each field that is to be changed."""
    found = {}
    images, held_back = settings.split(TRAINING_IMAGES)
    if settings.patience and not held_back:
        found["patience"] = (
            "Early stopping: it needs a validation split above 0, for the images held back tell "
            f"when to stop, not “{settings.patience}” without any."
        )
    if settings.batch_size > images:
        found["batch_size"] = (
            f"Batch size: at most the {images:,} images that it learns from, "
            f"not “{settings.batch_size}”."
        )
    return found


def _field_name(location: str) -> str:
    return FIELDS_BY_ALIAS.get(location, location)


def _sentence(name: str, inside: bool, value: object) -> str:
    if name not in TrainingSettings.model_fields:
        return f"“{_shortened(name)}” is not a setting."
    shown = _shortened(plain_number(value) if isinstance(value, float) else str(value))
    if name == "hidden_layers" and not inside:
        return f"Hidden layers: there can be 0 to {MAX_HIDDEN_LAYERS} of them."
    return f"{TrainingSettings.model_fields[name].title}: {allowed(name)}, not “{shown}”."


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def allowed(name: str) -> str:
    """The values that the field `name` may take, in words."""
    if name == "hidden_layers":
        return f"each has 1 to {MAX_UNITS:,} units"
    if name in CHOICES:
        return "one of " + ", ".join(CHOICES[name])
    lowest, highest = limits(name)
    kind = "a whole number" if TrainingSettings.model_fields[name].annotation is int else "a number"
    return f"{kind} from {plain_number(lowest)} to {highest:,.10g}"


def limits(name: str) -> tuple[float, float]:
    """Lowest and highest value of the numeric field `name`."""
    bounds: dict[str, float] = {}
    for rule in TrainingSettings.model_fields[name].metadata:
        for edge in ("ge", "le"):
            if hasattr(rule, edge):
                bounds[edge] = getattr(rule, edge)
    return bounds["ge"], bounds["le"]


def _makes_sense(name: str, value: Any) -> bool:
    """Whether a stored value could be that of a setting if there were no limits."""
    if name in CHOICES:
        return isinstance(value, str)
    numbers = value if isinstance(value, list) else [value]
    return all(type(number) in (int, float) and number > 0 for number in numbers)


def _as_field(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _layers(text: str) -> list[str]:
    return [] if text in ("", "none") else text.split("-")


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "-".join(map(str, value)) or "none"
    # The shortest text that reads back as the same number, and no power of ten.
    return f"{Decimal(str(value)):f}".removesuffix(".0") if isinstance(value, float) else str(value)
