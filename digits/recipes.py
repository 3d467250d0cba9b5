"""Settings worth starting from, each with a name or with the question that it answers."""

from typing import Any

from digits.settings import ROWS, TrainingSettings

MOST_DIFFERENCES = 2  # in a name

# 784-128-64-10 as in the lesson "Training Neural Networks".
NOTEBOOK = TrainingSettings()

# The notebook's shape, trained to read what people draw.
DEFAULT_RECIPE = TrainingSettings(
    epochs=40,
    batch_size=128,
    learning_rate=0.004,
    schedule="cosine",
    augment=0.8,
    validation_split=0.05,
)

# The shape that reads best of those that train within a minute on two processor cores.
BEST_READER = TrainingSettings(
    hidden_layers=(1024, 384),
    epochs=40,
    batch_size=256,
    learning_rate=0.003,
    schedule="cosine",
    augment=0.7,
    validation_split=0.02,
)


def notebook_but(**changes: Any) -> TrainingSettings:
    """The notebook's settings with some others, each by its field's name."""
    return TrainingSettings.model_validate({**NOTEBOOK.model_dump(), **changes})


# In the order of the list on the page. A question is answered beside the plain recipe.
PRESETS = {
    "A good recipe for drawings": DEFAULT_RECIPE,
    "The best recipe for drawings": BEST_READER,
    "The plain recipe": NOTEBOOK,
    "Exercise: one layer more": notebook_but(hidden_layers=(128, 64, 32)),
    "What can no hidden layer do?": notebook_but(hidden_layers=()),
    "Is one wide layer as good as two?": notebook_but(hidden_layers=(512,)),
    "Is deep and narrow better?": notebook_but(hidden_layers=(16,) * 6),
    "What does a rate far too high do?": notebook_but(learning_rate=0.3),
    "Can six layers of sigmoids learn?": notebook_but(
        hidden_layers=(64,) * 6, activation="sigmoid", optimizer="sgd", learning_rate=0.01
    ),
    "What if all weights begin at zero?": notebook_but(initializer="zeros"),
    "Are 500 images enough?": notebook_but(images_used=500, epochs=50),
    "Better one image at a time?": notebook_but(batch_size=1, epochs=1),
    "Better 4,096 images at a time?": notebook_but(batch_size=4096),
    "Is the squared error as good a loss?": notebook_but(loss="squared error"),
    "What if a tenth of the labels is wrong?": notebook_but(mislabelled=0.1),
    "What is a 9 to one that never saw any?": notebook_but(left_out="9"),
}
# The first three are recipes, not questions.
QUESTIONS = dict(list(PRESETS.items())[3:])


def name_for(settings: TrainingSettings) -> str:
    """What a run with these settings is called.

    By the question that they answer; else by its layers, and by what it has otherwise than a
    recipe: `784-64-10, 5 epochs`. A number after names that are all alike says nothing.
    """
    asked = (question for question, preset in QUESTIONS.items() if preset == settings)
    return next(asked, None) or _shape_and_differences(settings)


def name_of_repeated(settings: TrainingSettings) -> str:
    """What settings are called that several seeds share, however they are asked: no question."""
    return _shape_and_differences(settings.without_seed())


def _shape_and_differences(settings: TrainingSettings) -> str:
    return ", ".join([settings.architecture, *_unlike_a_recipe(settings)])


def _unlike_a_recipe(settings: TrainingSettings) -> list[str]:
    """What tells settings from the recipe that they are closest to, two things at most."""
    from_default, from_notebook = (
        [ROWS[name].said(value) for name, value in settings if value != getattr(recipe, name)]
        for recipe in (
            each.model_copy(update={"hidden_layers": settings.hidden_layers})
            for each in (DEFAULT_RECIPE, NOTEBOOK)
        )
    )
    if len(from_notebook) < len(from_default):
        return ["plain", *from_notebook[:MOST_DIFFERENCES]]
    return from_default[:MOST_DIFFERENCES]


def names_beside(one: TrainingSettings, other: TrainingSettings) -> tuple[str, str]:
    """Two settings, each by what the other has otherwise but the seed; by its name if that is much.

    Args:
        one: the settings of some runs.
        other: those of others.
    """
    pair = one.without_seed(), other.without_seed()
    fields = [name for name, value in pair[0] if value != getattr(pair[1], name)]
    names = name_of_repeated(one), name_of_repeated(other)
    if len(fields) > MOST_DIFFERENCES and names[0] != names[1]:
        return names
    said = [", ".join(ROWS[name].said(getattr(each, name)) for name in fields) for each in pair]
    return said[0], said[1]
