"""Runs as rows of the table: plain data, made without reading any of their files."""

import time
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from digits.intervals import interval_of_test_accuracy
from digits.settings import ROWS, TrainingSettings
from digits.settings_in_words import described
from digits.words import duration, moment
from model_store.records import WEIGHTS, FineTuningResult, LabelledDrawing, Run, State
from server.addresses import LIVE_ADDRESS
from server.resources import resources
from trainer.run_settings import settings_of_weights
from ui.models.keeping import at_home
from ui.models.keras_download import keras_address
from ui.models.repeatable import repetitions, seeds_of
from ui.shared.own_digits import answers_of, labels_of, score_in_words
from ui.shared.run_updates import news_of
from ui.shared.state_in_words import OF_AN_EARLIER_VERSION, fine_tuning_in_words

# Reading one's own digits with many networks takes a while: the page comes first.
SECONDS_FOR_OWN_DIGITS = 0.3

Row = dict[str, Any]


def rows_of(
    runs: Sequence[Run],
    own_digits: Sequence[LabelledDrawing],
    best_validation: dict[str, float],
    zone: tzinfo,
) -> tuple[list[Row], bool]:
    """What the table shows of runs.

    Args:
        runs: in the order of the rows.
        own_digits: that the visitor has drawn to test networks with.
        best_validation: the best validation accuracy of each run, by its id.
        zone: in which times are told.

    Returns:
        The rows, and whether some of one's own digits are still to be read by some runs.
    """
    settings = [settings_of_weights(run) for run in runs]
    names = _varying(settings)
    # All of a group by the oldest of them.
    groups = {run.id: group[-1].id for group in repetitions(runs) for run in group}
    seeds = seeds_of(runs)
    until = time.monotonic() + SECONDS_FOR_OWN_DIGITS
    rows, is_whole = [], True
    for run, of_run in zip(runs, settings, strict=True):
        row = _row(run, of_run, zone)
        row["differs"] = _differing(run, of_run, names)
        row["group"] = groups.get(run.id)
        its_seeds = seeds.get(of_run.without_seed(), {})
        row["seeds"] = len(its_seeds)
        row["coming"] = sum(each.is_active or bool(each.planned_at) for each in its_seeds.values())
        row["validation"] = best_validation.get(run.id)
        if run.test and own_digits:
            is_whole = is_whole and time.monotonic() < until
            row["own"] = _own(run, own_digits) if is_whole else None
        rows.append(row)
    return rows, not is_whole


def _row(run: Run, settings: TrainingSettings, zone: tzinfo) -> Row:
    news = news_of(run, settings, None)
    row: Row = {
        "id": run.id,
        "name": run.name,
        "state": news["state"],
        "icon": news["icon"],
        "words": news["words"],
        "active": run.is_active,
        "planned": run.planned_at is not None,
        "share": news["share"],
        "fineTuned": run.fine_tuning is not None,
        "settings": _settings_in_words(run, settings),
        "query": settings.to_full_query(),
        "seed": settings.seed,
        "widths": settings.layer_widths,
        "parameters": settings.parameter_count,
        "seconds": run.elapsed,
        "again": resources().service.expected_seconds(settings),
        "took": duration(run.elapsed) if run.elapsed else "",
        "created": run.created_at,
        "when": moment(run.created_at, zone),
        "live": f"{LIVE_ADDRESS}/{run.id}",
        "keras": keras_address(run),
        "home": at_home(run) if keras_address(run) else "",
        "weights": WEIGHTS in run.artifacts,
    }
    if run.test:
        row["accuracy"] = accuracy = run.test["accuracy"]
        row["interval"] = interval_of_test_accuracy(accuracy)
    return row


def _settings_in_words(run: Run, settings: TrainingSettings) -> str:
    if not run.fine_tuning:
        return described(settings)
    is_old = run.state == State.FINISHED and not isinstance(run.fine_tuning, FineTuningResult)
    words = OF_AN_EARLIER_VERSION if is_old else fine_tuning_in_words(run.fine_tuning)
    return f"{words} · {settings.architecture}"


def _varying(settings: Sequence[TrainingSettings]) -> list[str]:
    """The settings in which any two of these differ."""
    return [name for name in ROWS if len({getattr(each, name) for each in settings}) > 1]


def _differing(run: Run, settings: TrainingSettings, names: Sequence[str]) -> str:
    """The settings of a run that others have otherwise, in one line."""
    if run.fine_tuning:
        return _settings_in_words(run, settings)
    if not names:
        return described(settings)
    values = {name: getattr(settings, name) for name in names}
    return " · ".join(ROWS[name].said(each) for name, each in values.items() if _does(name, each))


def _does(name: str, value: object) -> bool:
    """Whether a setting is at work: what is switched off is named by the rows where it is not."""
    return value != ROWS[name].off


def _own(run: Run, own_digits: Sequence[LabelledDrawing]) -> dict[str, Any] | None:
    answers = answers_of(run, own_digits)
    if answers is None:
        return None
    score, interval = score_in_words(answers, own_digits)
    share = float((answers == labels_of(own_digits)).mean())
    return {"words": f"{score} own digits ({interval})", "short": score, "share": share}
