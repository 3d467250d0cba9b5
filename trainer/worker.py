"""The functions that Dask executes. Sending them does not import TensorFlow, running them does."""

import time

from digits.settings import TrainingSettings
from trainer.estimate import Timing
from trainer.fitness import Fitness, Report
from trainer.logs import configure_logs
from trainer.place import Place

# Whoever asks for the work again may be given this very worker again.
SECONDS_BEFORE_HANDING_BACK = 1.0


def _warm_up(place: Place) -> str:
    from trainer import carrying

    return carrying.warm_up(place)


# Of this process, which is a worker once something below is called.
fitness = Fitness(_warm_up)


def report(place: Place) -> Report:
    """Prepare a worker unless it is prepared; returns whether it can train."""
    configure_logs()
    return fitness.report(place)


def probe(place: Place, settings: TrainingSettings) -> Timing | None:
    """Time a worker that has nothing else to do; None if it has."""
    configure_logs()
    from trainer import carrying

    return carrying.probe(place, settings)


def work(ticket: str, place: Place) -> None:
    """Carry out one run after another, as long as any wait and this worker can train.

    Args:
        ticket: names this piece of work. If a worker dies, another works off the same ticket and
            goes on with the same run, from its last checkpoint.
        place: where the store and the images are.
    """
    configure_logs()
    if not fitness.report(place).device:
        time.sleep(SECONDS_BEFORE_HANDING_BACK)
        return
    from trainer import carrying

    while fitness.can_train() and carrying.carry_out_next(ticket, place, fitness):
        pass


def hand_over(seconds: float) -> bool:
    """Let the runs of this worker go back in line, each with a checkpoint of this moment.

    Returns:
        False if some could not within `seconds`.
    """
    from trainer import holding

    return holding.hand_over(seconds)
