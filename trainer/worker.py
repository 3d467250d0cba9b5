"""The functions that Dask executes. Sending them does not import TensorFlow, running them does."""

from digits.settings import TrainingSettings
from trainer.estimate import Timing
from trainer.logs import configure_logs
from trainer.place import Place


def warm_up(place: Place) -> str:
    """Prepare a worker; returns the line that tells visitors which device trains."""
    configure_logs()
    from trainer import carrying

    return carrying.warm_up(place)


def probe(place: Place, settings: TrainingSettings) -> Timing | None:
    """Time a worker that has nothing else to do; None if it has."""
    configure_logs()
    from trainer import carrying

    return carrying.probe(place, settings)


def work(ticket: str, place: Place) -> None:
    """Carry out one run after another, as long as any wait.

    Args:
        ticket: names this piece of work. If a worker dies, another works off the same ticket and
            goes on with the same run, from its last checkpoint.
        place: where the store and the images are.
    """
    configure_logs()
    from trainer import carrying

    while carrying.carry_out_next(ticket, place):
        pass


def hand_over(seconds: float) -> bool:
    """Let the runs of this worker go back in line, each with a checkpoint of this moment.

    Returns:
        False if some could not within `seconds`.
    """
    from trainer import holding

    return holding.hand_over(seconds)
