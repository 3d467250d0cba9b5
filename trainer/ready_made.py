"""The network that reads before a visitor has trained one; `scripts.make_ready_made` made it."""

import json
from pathlib import Path

import numpy as np

from model_store.artifacts import ArtifactMissing
from model_store.records import WEIGHTS, Epoch, Points, Run, State, StoredProgress
from model_store.store import Store

READY_MADE = "ready-made"
NAME = "Ready-made best reader"
FOLDER = Path(__file__).resolve().parents[1] / "shipped" / "ready_made"
RECORD = "record.json"
POINTS = "points.npz"


def install(store: Store) -> None:
    """Put the ready-made network into the store, unless this very one is there and whole."""
    record = json.loads((FOLDER / RECORD).read_text())
    weights = (FOLDER / WEIGHTS).read_bytes()
    run = store.runs.get(READY_MADE)
    if run and run.test == record["test"] and _is_whole(store, run):
        return
    epochs = [Epoch(**epoch) for epoch in record.pop("epochs")]
    reference = store.artifacts.save(READY_MADE, WEIGHTS, weights)
    store.runs.put(
        Run(
            id=READY_MADE,
            visitor="",
            name=NAME,
            created_at=0,
            state=State.FINISHED,
            artifacts={WEIGHTS: reference},
            **record,
        )
    )
    with np.load(FOLDER / POINTS) as arrays:
        points = Points(arrays["steps"], {name: arrays[name] for name in arrays if name != "steps"})
    store.progress.append(READY_MADE, "", StoredProgress(points, epochs))


def _is_whole(store: Store, run: Run) -> bool:
    try:
        store.artifacts.load(run.id, run.artifacts[WEIGHTS])
    except (ArtifactMissing, KeyError):
        return False
    return True
