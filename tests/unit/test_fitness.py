"""Whether a worker process may take runs, and what it says if not."""

from pathlib import Path

import pytest

from digits.dataset import DatasetUnavailable
from trainer.fitness import CANNOT_START, FAILED_TWICE, NO_IMAGES, Fitness, Report
from trainer.place import Place

PLACE = Place("sqlite://", "nowhere", Path(), None)
SECRET = "CUDA_ERROR_INVALID_PTX **at** /opt/secret/path"


class Machine:
    """Warms up once nothing is wrong with it any more."""

    def __init__(self, *wrong: Exception) -> None:
        self.wrong = list(wrong)
        self.tries = 0

    def warm_up(self, place: Place) -> str:
        self.tries += 1
        if self.wrong:
            raise self.wrong.pop()
        return "TensorFlow, running on CPU"


def test_one_that_is_warm_can_train_and_is_warmed_up_once() -> None:
    machine = Machine()
    fitness = Fitness(machine.warm_up)
    assert not fitness.can_train()
    assert fitness.report(PLACE) == fitness.report(PLACE) == Report("TensorFlow, running on CPU")
    assert fitness.can_train()
    assert machine.tries == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(RuntimeError(SECRET), CANNOT_START), (DatasetUnavailable(SECRET), NO_IMAGES)],
)
def test_one_that_is_not_says_so_in_a_sentence_and_tries_again_after_a_while(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(error)
    fitness = Fitness(machine.warm_up)
    assert fitness.report(PLACE) == fitness.report(PLACE) == Report(problem=sentence)
    assert not fitness.can_train()
    assert machine.tries == 1
    monkeypatch.setattr("trainer.fitness.SECONDS_BETWEEN_TRIES", 0)
    fitness._next_try = 0
    assert fitness.report(PLACE).device
    assert fitness.can_train()


def test_two_own_faults_in_a_row_end_it(caplog: pytest.LogCaptureFixture) -> None:
    fitness = Fitness(Machine().warm_up)
    fitness.report(PLACE)
    told: list[bool] = []
    fitness.on_worn_out = lambda: told.append(True)
    fitness.note_fault()
    fitness.note_success()
    fitness.note_fault()
    assert fitness.can_train()
    assert not told
    fitness.note_fault()
    assert not fitness.can_train()
    assert told == [True]
    assert "takes no runs any more" in caplog.text
    fitness.note_success()  # of another run that it still had in hand
    assert fitness.report(PLACE) == Report(problem=FAILED_TWICE, is_worn_out=True)
