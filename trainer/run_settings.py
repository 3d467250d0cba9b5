"""What a run is trained with."""

from digits.settings import TrainingSettings
from model_store.records import Run


def settings_of(run: Run) -> TrainingSettings:
    """The settings of a run, read leniently: it is shown as it was trained."""
    return TrainingSettings.stored(run.settings)
