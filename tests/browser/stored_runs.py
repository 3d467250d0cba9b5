"""Runs that are put into the store of the server, as if a visitor had trained them."""

from typing import Any

from playwright.sync_api import Page

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store

ROWS = ".runs > table tbody tr"


def id_of(page: Page, server: Server) -> str:
    """Who the visitor is, as their cookie says."""
    return server.visitor_of(page.context.cookies())


def put_run(
    store: Store, visitor: str, name: str, settings: TrainingSettings, **values: Any
) -> str:
    """Put a run into the store that has ended, if nothing else is said; its id."""
    run = store.runs.create(visitor, settings.model_dump(mode="json"), name)
    store.runs.change(run.id, **{"state": State.FINISHED, **values})
    return run.id


def put_runs(store: Store, visitor: str, count: int) -> list[str]:
    """Put runs that have ended into the store; the accuracies of the later ones are higher."""
    return [
        put_run(
            store,
            visitor,
            f"mine-{number}",
            TrainingSettings(learning_rate=1e-3 + number / 1e6),
            test={"accuracy": 0.95 + number / 10_000, "temperature": 1.0},
            elapsed=1.0 + number,
        )
        for number in range(count)
    ]
