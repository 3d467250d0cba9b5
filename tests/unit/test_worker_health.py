"""Whether a worker process may take runs, and what it says if not."""

from pathlib import Path

import pytest

from config.environment import Config
from digits.dataset import DatasetUnavailable
from trainer.worker_health import CANNOT_START, FAILED_TWICE, NO_IMAGES, Report, WorkerHealth

PLACE = Config("sqlite://", "nowhere", Path(), None)
SECRET = "CUDA_ERROR_INVALID_PTX **at** /opt/secret/path"


class Machine:
    """Warms up once nothing is wrong with it any more."""

    def __init__(self, *wrong: Exception) -> None:
        self.wrong = list(wrong)
        self.tries = 0

    def warm_up(self, config: Config) -> str:
        self.tries += 1
        if self.wrong:
            raise self.wrong.pop()
        return "TensorFlow, training on the CPU"


def test_one_that_is_warm_can_train_and_is_warmed_up_once() -> None:
    machine = Machine()
    worker_health = WorkerHealth(machine.warm_up)
    assert not worker_health.can_train()
    assert (
        worker_health.report(PLACE)
        == worker_health.report(PLACE)
        == Report("TensorFlow, training on the CPU")
    )
    assert worker_health.can_train()
    assert machine.tries == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(RuntimeError(SECRET), CANNOT_START), (DatasetUnavailable(SECRET), NO_IMAGES)],
)
def test_one_that_is_not_says_so_in_a_sentence_and_tries_again_after_a_while(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(error)
    worker_health = WorkerHealth(machine.warm_up)
    assert worker_health.report(PLACE) == worker_health.report(PLACE) == Report(problem=sentence)
    assert not worker_health.can_train()
    assert machine.tries == 1
    monkeypatch.setattr("trainer.worker_health.SECONDS_BETWEEN_TRIES", 0)
    worker_health._next_try = 0
    assert worker_health.report(PLACE).device
    assert worker_health.can_train()


def test_two_own_faults_in_a_row_end_it(caplog: pytest.LogCaptureFixture) -> None:
    worker_health = WorkerHealth(Machine().warm_up)
    worker_health.report(PLACE)
    told: list[bool] = []
    worker_health.on_worn_out = lambda: told.append(True)
    worker_health.note_fault()
    worker_health.note_success()
    worker_health.note_fault()
    assert worker_health.can_train()
    assert not told
    worker_health.note_fault()
    assert not worker_health.can_train()
    assert told == [True]
    assert "takes no runs any more" in caplog.text
    worker_health.note_success()  # of another run that it still had in hand
    assert worker_health.report(PLACE) == Report(problem=FAILED_TWICE, is_worn_out=True)
