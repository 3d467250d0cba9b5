"""The table of settings: a row for each hyperparameter holds all that the program knows of it.

The form, the address, the refusals, the words and the compiled loop follow from its row.
"""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from digits.choices import (
    ACTIVATION_ROWS,
    INITIALIZER_ROWS,
    LOSSES,
    OPTIMIZER_ROWS,
    SCHEDULE_ROWS,
)
from digits.setting_row import Compiled, Group, Row, named, share_of
from digits.words import counted

IMAGE_PIXELS = 28 * 28
CLASSES = 10
MAX_HIDDEN_LAYERS = 6
MAX_UNITS = 1024
MAX_EPOCHS = 50
TRAINING_IMAGES = 60_000
TEST_IMAGES = 10_000
# The commonest digit, 1, is 11.2% of them: without any of the ten so many are left in any case.
WITHOUT_A_DIGIT = 0.88

ACTIVATIONS = tuple(ACTIVATION_ROWS)
OPTIMIZERS = tuple(OPTIMIZER_ROWS)
SCHEDULES = tuple(SCHEDULE_ROWS)
INITIALIZERS = tuple(INITIALIZER_ROWS)
LEFT_OUT = ("none", *map(str, range(CLASSES)))
if TYPE_CHECKING:
    Activation: TypeAlias = str
    Optimizer: TypeAlias = str
    Schedule: TypeAlias = str
    Initializer: TypeAlias = str
    Loss: TypeAlias = str
    LeftOut: TypeAlias = str
else:  # the rows alone say what there is
    Activation, Optimizer, Schedule = Literal[ACTIVATIONS], Literal[OPTIMIZERS], Literal[SCHEDULES]
    Initializer, Loss, LeftOut = Literal[INITIALIZERS], Literal[LOSSES], Literal[LEFT_OUT]
Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]


def architecture(hidden_layers: tuple[int, ...]) -> str:
    """The layers in one short line, such as `784-128-64-10`."""
    return "-".join(map(str, (IMAGE_PIXELS, *hidden_layers, CLASSES)))


class SettingsTable(BaseModel):
    """The rows.

    The alias of a field is its name in a URL, its title the name of its control on the page, its
    description the help of that.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )

    hidden_layers: Annotated[
        tuple[Units, ...],
        Row(Group.SIZE, architecture, compiled=Compiled.VALUE),
    ] = Field((128, 64), max_length=MAX_HIDDEN_LAYERS, alias="layers", title="Hidden layers")
    activation: Annotated[
        Activation, Row(Group.METHOD, str, said_with=", ", compiled=Compiled.VALUE)
    ] = Field(
        "relu",
        alias="activation",
        title="Activation",
        description="What a unit makes of its sum before it passes it on: relu keeps what is "
        "above 0 and makes 0 of the rest. Linear leaves it as it is; then many layers can do no "
        "more than one.",
    )
    optimizer: Annotated[Optimizer, Row(Group.METHOD, str, compiled=Compiled.VALUE)] = Field(
        "adam",
        alias="optimizer",
        title="Optimizer",
        description="The rule that turns the slope of the loss into a step. SGD follows the slope "
        "alone, momentum keeps some of its speed, Nesterov looks where that will lead. RMSprop and "
        "Adam give each weight a step length of its own; AdamW shrinks weights, too.",
    )
    learning_rate: Annotated[
        float,
        Row(
            Group.STEPS,
            named("rate"),
            said_with=", ",
            step=0.001,
            is_logarithmic=True,
        ),
    ] = Field(
        0.001,
        ge=1e-6,
        le=10,
        alias="rate",
        title="Learning rate",
        description="How large each step is. Too small, and it takes for ever; too large, and the "
        "loss grows instead of falling.",
    )
    schedule: Annotated[
        Schedule, Row(Group.METHOD, "{} schedule".format, said_with=", ", off="constant")
    ] = Field(
        "constant",
        alias="schedule",
        title="Learning rate schedule",
        description="Whether the learning rate stays as it is (constant), shrinks smoothly to 0 "
        "(cosine), falls to a tenth after half of the run and to a hundredth after three quarters "
        "(step), or begins small and grows over the first tenth (warm-up).",
    )
    initializer: Annotated[
        Initializer, Row(Group.METHOD, "weights begin as {}".format, off="glorot")
    ] = Field(
        "glorot",
        alias="weights",
        title="Starting weights",
        description="Random numbers of a size that suits each layer (Glorot, He, LeCun) or of one "
        "size for all (normal), or nothing but zeros, with which all units of a layer stay alike.",
    )
    loss: Annotated[Loss, Row(Group.METHOD, str, off="cross-entropy", compiled=Compiled.VALUE)] = (
        Field(
            "cross-entropy",
            alias="loss",
            title="Loss",
            description="What training makes smaller: the cross-entropy, to which a confident "
            "wrong answer is terrible, or the squared error of the ten probabilities, which "
            "forgives it.",
        )
    )
    batch_size: Annotated[
        int, Row(Group.SIZE, "batch size {:,}".format, compiled=Compiled.VALUE)
    ] = Field(
        64,
        ge=1,
        le=4096,
        alias="batch",
        title="Batch size",
        description="How many images the network looks at before each step, which changes all "
        "weights a little.",
    )
    epochs: Annotated[int, Row(Group.SIZE, lambda epochs: counted(epochs, "epoch"))] = Field(
        5,
        ge=1,
        le=MAX_EPOCHS,
        alias="epochs",
        title="Epochs",
        description="How many times it goes through all the training images.",
    )
    dropout: Annotated[
        float,
        Row(Group.RESTRAINT, named("dropout"), off=0, step=0.05, compiled=Compiled.SWITCH),
    ] = Field(
        0.0,
        ge=0,
        le=0.8,
        alias="dropout",
        title="Dropout",
        description="The share of units that sit out each step, so that the network does not rely "
        "on a few of them.",
    )
    l2: Annotated[
        float,
        Row(
            Group.RESTRAINT,
            named("L2 penalty"),
            off=0,
            step=1e-4,
            compiled=Compiled.SWITCH,
        ),
    ] = Field(
        0.0,
        ge=0,
        le=0.1,
        alias="l2",
        title="L2 penalty",
        description="A price on large weights, which keeps the network simple.",
    )
    l1: Annotated[
        float,
        Row(
            Group.RESTRAINT,
            named("L1 penalty"),
            off=0,
            step=1e-5,
            compiled=Compiled.SWITCH,
        ),
    ] = Field(
        0.0,
        ge=0,
        le=0.1,
        alias="l1",
        title="L1 penalty",
        description="A price on all weights alike, which makes many of them 0.",
    )
    label_smoothing: Annotated[
        float,
        Row(
            Group.RESTRAINT,
            named("label smoothing"),
            off=0,
            step=0.05,
            compiled=Compiled.SWITCH,
        ),
    ] = Field(
        0.0,
        ge=0,
        le=0.9,
        alias="smoothing",
        title="Label smoothing",
        description="The share of each label that is spread over all ten digits, so that the "
        "network never has to be quite sure.",
    )
    patience: Annotated[
        int,
        Row(
            Group.RESTRAINT,
            lambda epochs: f"ends after {counted(epochs, 'epoch')} without a lower validation loss",
            off=0,
        ),
    ] = Field(
        0,
        ge=0,
        le=MAX_EPOCHS,
        alias="patience",
        title="Early stopping",
        description="It ends by itself after so many epochs without a lower validation loss, and "
        "keeps the weights of the best epoch. 0 never ends early.",
    )
    augment: Annotated[float, Row(Group.IMAGES, named("augmentation"), off=0, step=0.05)] = Field(
        0.0,
        ge=0,
        le=2,
        alias="augment",
        title="Augmentation",
        description="How strongly the training images are turned, bent and shifted, anew "
        "each epoch, so that the network has seen what people really draw. 0 leaves them as "
        "they are.",
    )
    validation_split: Annotated[
        float, Row(Group.IMAGES, share_of("held back"), off=0, step=0.05)
    ] = Field(
        0.1,
        ge=0,
        le=0.5,
        alias="validation",
        title="Validation split",
        description="The share of training images held back to check what was learned.",
    )
    images_used: Annotated[
        int, Row(Group.IMAGES, "at most {:,} images".format, off=TRAINING_IMAGES, step=500)
    ] = Field(
        TRAINING_IMAGES,
        ge=100,
        le=TRAINING_IMAGES,
        alias="images",
        title="Images used",
        description="How many of the training images it learns from at most; those held back are "
        "not among them.",
    )
    mislabelled: Annotated[float, Row(Group.IMAGES, share_of("mislabelled"), off=0, step=0.05)] = (
        Field(
            0.0,
            ge=0,
            le=1,
            alias="mislabelled",
            title="Wrong labels",
            description="The share of the images learned from that are given the label of another "
            "digit. Those held back keep their right ones.",
        )
    )
    left_out: Annotated[LeftOut, Row(Group.IMAGES, "without digit {}".format, off="none")] = Field(
        "none",
        alias="without",
        title="Digit left out",
        description="It never sees this one while it learns; the images held back and the test "
        "images have all ten.",
    )
    seed: Annotated[int, Row(Group.STEPS, "seed {}".format)] = Field(
        42,
        ge=0,
        le=2**31 - 1,
        alias="seed",
        title="Seed",
        description="Where the random numbers start. The same seed and settings give the same run "
        "again.",
    )
