"""Settings worth starting from, each with a name."""

from digits.settings import TrainingSettings

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
