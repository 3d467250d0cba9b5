"""Runs side by side, for whoever has their ids: what differs, which is better, and is it luck."""

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digits.comparison import (
    ANOTHER_SEED,
    disagreements,
    in_words,
    paired_difference,
    vote,
)
from digits.intervals import interval_of_test_accuracy
from digits.settings import ROWS, TrainingSettings
from digits.sweep import as_grid, told_apart, what_mattered
from digits.words import counted, duration, value_in_words
from model_store.artifacts import ArtifactMissing
from model_store.records import Run
from server.guarded_answers import GuardedAnswers, NotHere
from server.rate_limits import Rate
from server.resources import resources
from trainer.checkpoints import CheckpointDamaged
from trainer.run_settings import settings_of_weights
from ui.models.answers import answers_of
from ui.models.over_seeds import between, seeds_in_words, two_settings
from ui.models.repeatable import repeated_among, seed_groups
from ui.shared.errors import note
from ui.shared.in_page.weights import run_by_id, weights_address
from ui.shared.state_icons import icon_of
from ui.shared.state_in_words import called, state_in_words
from ui.shared.test_set import Digits, labelled_images

# More curves than these nobody tells apart.
MOST_COMPARED = 20
LONGEST_ID = 32
# Networks of an earlier version are asked for their answers when they are first compared.
SECONDS_OF_READING = 0.5
MOST_IMAGES = 300

# To read 10,000 images takes a core for up to half a second.
_guard = GuardedAnswers(
    1, Rate(200, 0.25), Rate(2000, 0.05), "The networks cannot be compared at the moment.", note
)


class Chosen(NamedTuple):
    """The runs that an address names, as far as they are there.

    Attributes:
        runs: in the order of the address.
        notes: sentences about those that are not.
    """

    runs: list[Run]
    notes: list[str]


def ids_of(text: str) -> list[str]:
    """The ids in an address, each once; what can be none is left out."""
    found = (each.strip() for each in text.split(","))
    # PostgreSQL refuses to look for text with a null character.
    return [*dict.fromkeys(e for e in found if e and e.isprintable() and len(e) <= LONGEST_ID)]


def chosen(text: str) -> Chosen:
    """Find the runs that an address names."""
    ids = ids_of(text)
    notes = []
    if len(ids) > MOST_COMPARED:
        notes.append(
            f"{counted(len(ids), 'network')} are more than can be told apart: "
            f"here are the first {MOST_COMPARED}."
        )
    runs = [run for run in map(run_by_id, ids[:MOST_COMPARED]) if run]
    missing = min(len(ids), MOST_COMPARED) - len(runs)
    if missing:
        verb = "is" if missing == 1 else "are"
        notes.append(f"{counted(missing, 'network')} {verb} not here: deleted, or the link is cut.")
    return Chosen(runs, notes)


async def send_comparison(request: Request) -> Response:
    """Send what can be said of the runs in `runs`, each beside the one in `against`."""
    runs, against = (request.query_params.get(name, "") for name in ("runs", "against"))
    return await _guard.answer(request, partial(_comparison, runs, against))


async def send_disagreements(request: Request) -> Response:
    """Send the test images that the runs in `runs` read differently, and what a vote says."""
    return await _guard.answer(
        request, partial(_disagreements, request.query_params.get("runs", ""))
    )


def _comparison(text: str, against: str) -> Response:
    runs, notes = chosen(text)
    found, is_whole = _all_answers(runs)
    settings = [settings_of_weights(run) for run in runs]
    baseline = found.get(against)
    repeated = repeated_among(runs)
    decided = {run.id for group in two_settings(runs) for run in group}
    rows = []
    names = told_apart([run.name for run in runs], settings)
    for run, its, name in zip(runs, settings, names, strict=True):
        row = _row(run, its, name)
        row["toRepeat"] = not run.fine_tuning and run.id not in repeated
        answers = found[run.id]
        if isinstance(answers, str):
            row["trouble"] = answers
        elif not isinstance(baseline, str) and baseline is not None and run.id != against:
            pair = [run, next(each for each in runs if each.id == against)]
            seeds_decide = {run.id, against} <= decided
            row["against"] = _beside(answers, baseline, bool(seed_groups(pair)), seeds_decide)
            if row["against"]["difference"] and not {run.id, against} <= repeated:
                row["against"]["luck"] = ANOTHER_SEED
        rows.append(row)
    content = {
        "runs": rows,
        "notes": [*notes, *_held_back(settings)],
        "settings": _settings(settings),
        "seeds": seeds_in_words(runs),
        "between": between(runs),
        "grid": _grid(runs, settings),
        "more": not is_whole or any(run.is_active or run.planned_at for run in runs),
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _row(run: Run, settings: TrainingSettings, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": run.id,
        "name": name,
        "state": called(run),
        "icon": icon_of(run),
        "active": run.is_active,
        "words": state_in_words(run, settings),
        "curve": f"{run.step}-{run.state}",
        "query": settings.to_full_query(),
        "parameters": settings.parameter_count,
        "took": duration(run.elapsed) if run.elapsed else "",
        "again": resources().service.expected_seconds(settings),
        "weights": weights_address(run),
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "temperature": run.temperature,
    }
    if run.test:
        row["accuracy"] = accuracy = run.test["accuracy"]
        row["interval"] = interval_of_test_accuracy(accuracy)
    return row


def _all_answers(runs: Iterable[Run]) -> tuple[dict[str, Digits | str], bool]:
    """What each run's network answers, or a sentence why it does not; and whether that is all."""
    until = time.monotonic() + SECONDS_OF_READING
    found: dict[str, Digits | str] = {}
    is_whole = True
    for run in runs:
        if time.monotonic() > until:
            found[run.id], is_whole = "is being asked for its answers", False
            continue
        try:
            found[run.id] = answers_of(run)
        except (NotHere, ArtifactMissing, CheckpointDamaged) as error:
            found[run.id] = str(error)
    return found, is_whole


def _beside(
    answers: Digits, baseline: Digits, is_another_seed: bool, seeds_decide: bool
) -> dict[str, Any]:
    pair = paired_difference(answers, baseline, labelled_images()[1])
    return {
        "difference": pair.difference,
        "interval": (pair.low, pair.high),
        "isWithinNoise": pair.is_within_noise,
        "isAnotherSeed": is_another_seed,
        "words": in_words(pair, len(answers), is_another_seed, seeds_decide),
        "p": pair.p,
    }


def _held_back(settings: Sequence[TrainingSettings]) -> list[str]:
    """A sentence where validation curves are measured on different images, or none."""
    shares = sorted({each.validation_split for each in settings if each.validation_split})
    if len(shares) < 2:
        return []
    *others, last = [f"{100 * share:g}%" for share in shares]
    return [
        f"Held back are different images ({', '.join(others)} and {last} of them): compare the "
        "test accuracy, not the validation curves."
    ]


def _settings(settings: Sequence[TrainingSettings]) -> list[dict[str, Any]]:
    """Each setting with its value in each run, also without its name, and whether some differ."""
    rows = []
    for name, row in ROWS.items():
        values = [getattr(each, name) for each in settings]
        title = TrainingSettings.model_fields[name].title
        ordered = sorted(set(values))
        rows.append(
            {
                "title": title,
                "values": [row.said(value) for value in values],
                "alone": [value_in_words(value) for value in values],
                "places": [ordered.index(value) for value in values],
                "differs": len(ordered) > 1,
            }
        )
    return rows


def _grid(runs: Sequence[Run], settings: Sequence[TrainingSettings]) -> dict[str, Any] | None:
    """The runs as a row or a grid of the settings in which they differ, if they are one."""
    found = as_grid(settings)
    if found is None:
        return None
    accuracies = [run.test["accuracy"] if run.test else None for run in runs]
    cells = [
        {"run": run.id, "at": place, "accuracy": accuracy}
        for run, place, accuracy in zip(runs, found.places, accuracies, strict=True)
    ]
    axes = [axis._asdict() for axis in found.axes]
    return {"axes": axes, "cells": cells, "words": what_mattered(found, accuracies)}


def _disagreements(text: str) -> Response:
    runs, _ = chosen(text)
    found, is_whole = _all_answers(runs)
    answers = {run: each for run, each in found.items() if not isinstance(each, str)}
    if len(answers) < 2:
        raise NotHere("It takes two networks that have ended to disagree.")
    (_, labels), together = labelled_images(), list(answers.values())
    images = disagreements(together)
    shares = {run: float((each == labels).mean()) for run, each in answers.items()}
    content = {
        "runs": list(answers),
        "count": len(images),
        "images": [
            {
                "index": int(index),
                "label": int(labels[index]),
                "answers": [int(each[index]) for each in together],
            }
            for index in images[:MOST_IMAGES]
        ],
        "vote": float((vote(together) == labels).mean()),
        "best": max(shares.values()),
        "allWrong": int(np.all([each != labels for each in together], axis=0).sum()),
        "more": not is_whole,
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
