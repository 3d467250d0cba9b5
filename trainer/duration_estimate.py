"""How long training takes here: the work there is, at the pace that this machine was seen to have.

An idle worker is timed with a few probes, before the first run and then every few minutes. A run
that trains alone is better evidence still: of its own kind, and of the machine as it is now.
"""

import math
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from pydantic import ValidationError

from digits.changes import settings_at
from digits.choices import OPTIMIZER_ROWS
from digits.recipes import BEST_READER, DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TEST_IMAGES, TRAINING_IMAGES, TrainingSettings
from digits.trainer_shape import TrainerShape
from model_store.records import Run
from trainer.run_settings import changes_of

# Far apart in what costs time: steps, images, weights, and weights times images.
PROBES = (
    DEFAULT_RECIPE,
    NOTEBOOK.model_copy(update={"batch_size": 1}),
    BEST_READER,
    NOTEBOOK.model_copy(update={"hidden_layers": (), "batch_size": 4096}),
    NOTEBOOK.model_copy(update={"hidden_layers": (1024, 1024)}),
    NOTEBOOK.model_copy(update={"hidden_layers": (1024, 1024), "batch_size": 1}),
)
SECONDS_BETWEEN_PROBES = 300.0
# The first timing of a kind may meet with the browser that loads its first page.
ROUNDS_AT_FIRST = 2
# What was seen so long ago counts half: the load of a machine changes.
HALF_LIFE = 600.0
# Of batch and network, as powers of ten, over which one measurement says something of another.
REACH = 0.6

# Processor seconds of one step, fitted to 25 kinds: from no hidden layer and one image to 1024-1024
# and 4096, on a shared two-core server. Only how they compare counts: what is measured of the
# machine at work sets the scale.
A_STEP = 3e-5
AN_IMAGE = 1.4e-6
A_WEIGHT_AND_IMAGE = 5.3e-11
# Those that do not fit into a core's cache have to come from afar.
WEIGHTS_IN_CACHE = 250_000
A_WEIGHT_FROM_AFAR = 1.3e-9
# For each penalty on the weights: it adds 9% to 17% to a step of the notebook's network.
A_WEIGHT_WITH_A_PRICE = 7e-10
# Of the two passes that training takes with an image, what looking at one takes.
OF_LOOKING = 1 / 3
# Storing, opening and exporting, in steps of the notebook's recipe and weights of Adam.
STEPS_BESIDE = 700
WEIGHTS_BESIDE = 60
# Deforming goes on beside training, but both want the same cores.
SHARE_OF_SHORTER = 0.5
# What each epoch costs beside its steps hides among so many images; of fewer it is most of a step.
LEAST_IMAGES_AN_EPOCH = 20_000
# How much the pace of a whole run counts beside that of its last seconds, and when it is known.
OF_THE_AVERAGE = 0.7
SECONDS_TO_TRUST = 15.0
# In so long a run its beginning, which takes some seconds, counts little.
SECONDS_OF_A_LONG_RUN = 30.0
# Two at once get 1.2 times as much done as one: each is so much slower (benchmarks.speed.training).
SLOWER_BESIDE_OTHERS = 2 / 1.2


class Timing(NamedTuple):
    """What a worker was timed with.

    Attributes:
        step: seconds of one step.
        beginning: seconds before the steps went at that pace, if their shape was not known.
        deforming: seconds to deform all training images, 0 where they are not.
    """

    step: float
    beginning: float
    deforming: float


class _Seen(NamedTuple):
    settings: TrainingSettings
    step: float
    at: float

    @property
    def tells_of_others(self) -> bool:
        """Whether its steps take as long in other epochs."""
        return self.settings.split(TRAINING_IMAGES)[0] >= LEAST_IMAGES_AN_EPOCH


# Compiled alike, deformed or not, epochs of about the same size: such runs take as long a step.
Kind = tuple[TrainerShape, bool, int]


class DurationEstimator:
    """Knows how fast this machine was, and tells what is to be expected of a run.

    Args:
        clock: tells seconds, and never jumps.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Begin anew: the workers are others."""
        self._probed: dict[TrainingSettings, _Seen] = {}
        self._times: Counter[TrainingSettings] = Counter()
        self._runs: dict[Kind, _Seen] = {}
        # A worker compiles these while it warms up.
        self._known = {TrainerShape.of(DEFAULT_RECIPE), TrainerShape.of(NOTEBOOK)}
        self._beginning = 0.0
        self._deforming = 0.0

    def due(self) -> TrainingSettings | None:
        """What an idle worker should be timed with now, if anything."""
        settings = min(PROBES, key=lambda each: self._times[each])
        if self._times[settings] < ROUNDS_AT_FIRST:
            return settings
        oldest = min(PROBES, key=lambda each: self._probed[each].at)
        age = self._clock() - self._probed[oldest].at
        return oldest if age > SECONDS_BETWEEN_PROBES else None

    def note_probe(self, settings: TrainingSettings, timing: Timing) -> None:
        """Note what a worker that had nothing else to do was timed with."""
        self._times[settings] += 1
        shape = TrainerShape.of(settings)
        if shape not in self._known:
            self._beginning = _blended(self._beginning, timing.beginning)
            self._known.add(shape)
        if timing.deforming:
            self._deforming = _blended(self._deforming, timing.deforming)
        self._probed = {
            **self._probed,
            settings: self._seen(self._probed.get(settings), settings, timing.step),
        }

    def note_run(self, run: Run) -> None:
        """Note the pace of a run that trains alone."""
        if not run.steps_per_second:
            return
        try:
            first = TrainingSettings.model_validate(run.settings)
        except ValidationError:
            return  # of another version, which tells nothing of what this one does
        settings = settings_at(run.step - 1, first, changes_of(run))
        kind = _kind(settings)
        self._known.add(kind[0])
        seen = self._seen(self._runs.get(kind), settings, _seconds_a_step(run))
        self._runs = {**self._runs, kind: seen}

    def seconds(self, settings: TrainingSettings, share: float = 1.0) -> float | None:
        """How long a run takes from its start to its result, if nothing else trains.

        Args:
            settings: of the run.
            share: how much of it is still to be done, 0 to 1.

        Returns:
            Seconds; None while nothing has been measured.
        """
        training = self.training(settings, share)
        if training is None:
            return None
        begin = 0.0 if TrainerShape.of(settings) in self._known else self._beginning
        begin += self._deformed(settings)  # nothing can be trained with before
        return begin + training + self.evaluation(settings)

    def training(self, settings: TrainingSettings, share: float = 1.0) -> float | None:
        """Seconds from the first step to the last, or of a share of them, once all is compiled."""
        if not self._evidence() and _kind(settings) not in self._runs:
            return None
        return settings.epochs * share * self._epoch(settings)

    def evaluation(self, settings: TrainingSettings) -> float:
        """Seconds from the last step to the result: measured, exported and stored."""
        if not self._evidence():
            return 0.0
        looked_at = TEST_IMAGES + settings.split(TRAINING_IMAGES)[1]
        usual = STEPS_BESIDE * _step(NOTEBOOK)
        files = WEIGHTS_BESIDE * OPTIMIZER_ROWS["adam"].seconds_a_weight * settings.parameter_count
        return self._pace(settings) * (usual + files + _looking(settings, looked_at))

    def teaching(self, settings: TrainingSettings) -> float | None:
        """Seconds that it takes to teach a network corrections; None while nothing is measured."""
        one = settings.model_copy(
            update={"epochs": 1, "augment": 0.0, "batch_size": 128, "optimizer": "adam"}
        )
        seconds = self.seconds(one)
        return None if seconds is None else seconds + self._beginning

    def _seen(self, before: _Seen | None, settings: TrainingSettings, step: float) -> _Seen:
        now = self._clock()
        is_fresh = before is not None and now - before.at < HALF_LIFE
        return _Seen(settings, _blended(before.step, step) if before and is_fresh else step, now)

    def _epoch(self, settings: TrainingSettings) -> float:
        _, held_back = settings.split(TRAINING_IMAGES)
        steps = settings.steps_per_mnist_epoch
        seen = self._runs.get(_kind(settings))
        if seen and (self._clock() - seen.at < HALF_LIFE or not self._evidence()):
            return steps * seen.step
        pace = self._pace(settings)
        training = pace * (steps * _step(settings) + _looking(settings, held_back))
        if not settings.augment:
            return training
        deforming = self._deformed(settings)
        longer, shorter = max(training, deforming), min(training, deforming)
        return longer + SHARE_OF_SHORTER * shorter

    def _deformed(self, settings: TrainingSettings) -> float:
        """Seconds to deform the images of an epoch."""
        used, _ = settings.split(TRAINING_IMAGES)
        return self._deforming * used / TRAINING_IMAGES if settings.augment else 0.0

    def _evidence(self) -> list[_Seen]:
        """What says how fast this machine is, whatever is trained."""
        runs = [each for each in self._runs.values() if each.tells_of_others]
        plain = [each for each in runs if not each.settings.augment]
        return [*self._probed.values(), *plain] or runs

    def _pace(self, settings: TrainingSettings) -> float:
        """How many times what is expected of a step it takes here: more like it, more weight."""
        seen = self._evidence()
        now = self._clock()
        weights = [_likeness(settings, each.settings) * _fresh(now - each.at) for each in seen]
        ratios = [math.log(each.step / _step(each.settings)) for each in seen]
        mean = sum(weight * ratio for weight, ratio in zip(weights, ratios, strict=True))
        return math.exp(mean / sum(weights))


def _seconds_a_step(run: Run) -> float:
    """The mean over a long run; of others, which are mostly beginning, the pace of late."""
    is_of_one_kind = not changes_of(run)
    if is_of_one_kind and run.elapsed > SECONDS_OF_A_LONG_RUN:
        return run.elapsed / run.step
    return 1 / run.steps_per_second


def _kind(settings: TrainingSettings) -> Kind:
    size = round(math.log2(settings.steps_per_mnist_epoch))  # about: some hold back more images
    return TrainerShape.of(settings), settings.augment > 0, size


def seconds_to_last_step(run: Run, expected: float | None) -> float | None:
    """How long a run that has begun still takes to its last step.

    The pace of the last seconds jumps with all that the machine does besides, and that of the whole
    run holds its beginning; what was expected helps until the run has shown its own pace.

    Args:
        run: as it was read just now.
        expected: seconds for the steps that are left, if anything was measured before.
    """
    if not run.step or run.seconds_left is None:
        return expected
    average = run.elapsed / run.step * (run.total_steps - run.step)
    seen = OF_THE_AVERAGE * average + (1 - OF_THE_AVERAGE) * run.seconds_left
    if expected is None:
        return seen
    trust = min(1.0, run.elapsed / SECONDS_TO_TRUST)
    return trust * seen + (1 - trust) * expected


def seconds_beside_others(alone: float, others: float) -> float:
    """Seconds that a run takes while others train beside it.

    Args:
        alone: seconds that it would take alone.
        others: seconds that the others would take alone, one after the other.
    """
    return alone + (SLOWER_BESIDE_OTHERS - 1) * min(alone, others)


def _step(settings: TrainingSettings) -> float:
    """Seconds of one step, up to a factor."""
    images, weights = settings.batch_size, settings.parameter_count
    return (
        A_STEP
        + AN_IMAGE * images
        + OPTIMIZER_ROWS[settings.optimizer].seconds_a_weight * weights
        + A_WEIGHT_WITH_A_PRICE * weights * ((settings.l1 > 0) + (settings.l2 > 0))
        + A_WEIGHT_FROM_AFAR * max(0, weights - WEIGHTS_IN_CACHE)
        + A_WEIGHT_AND_IMAGE * weights * images
    )


def _looking(settings: TrainingSettings, images: int) -> float:
    """Seconds to let a network answer to so many images, up to the same factor."""
    return OF_LOOKING * images * (AN_IMAGE + A_WEIGHT_AND_IMAGE * settings.parameter_count)


def _blended(before: float, now: float) -> float:
    """Halfway between two measurements, because each may have met with something else."""
    return math.sqrt(before * now) if before and now else before or now


def _likeness(one: TrainingSettings, other: TrainingSettings) -> float:
    batches = math.log10(one.batch_size / other.batch_size)
    weights = math.log10(one.parameter_count / other.parameter_count)
    return math.exp(-(batches**2 + weights**2) / (2 * REACH**2)) + 1e-3


def _fresh(age: float) -> float:
    return float(0.5 ** (age / HALF_LIFE))
