"""The `.keras` file of a run, sent to whoever has the run's link. No page reads it, or keeps it.

A link rather than Streamlit's download button: that one holds what it offers in memory.
"""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from digits.keras_export import for_older_versions, is_for_newer_versions
from model_store.records import KERAS_FILE, Run
from server.addresses import KERAS_ADDRESS
from server.guarded_answers import GuardedAnswers, NotHere
from server.rate_limits import Rate
from server.resources import resources
from ui.shared.errors import note

# What an id is told apart by among the files of one person; the rest of it stays a secret.
CHARACTERS_OF_THE_ID = 6


def keras_address(run: Run) -> str | None:
    """Where the file of a run is to be had; None if it has none."""
    return f"{KERAS_ADDRESS}/{run.id}" if KERAS_FILE in run.artifacts else None


def file_name(run: Run) -> str:
    """What the file is called at home; runs of the same name are told apart by their id."""
    name = re.sub(r"[^\w.-]+", "-", run.name).strip("-.")
    return f"digits-{name or 'network'}-{run.id[:CHARACTERS_OF_THE_ID]}.keras"


async def send_keras_file(request: Request) -> Response:
    """Send the file of the run that the address names, block by block."""
    return await _answers.answer(request, partial(_found, request.path_params["run"]))


_answers = GuardedAnswers(
    2,
    Rate(20, 3),
    Rate(200, 0.3),
    "The file cannot be read at the moment. Please try again in a few minutes.",
    note,
)


def _found(run_id: str) -> Response:
    store = resources().store
    # PostgreSQL refuses to look for text with a null character.
    run = store.runs.get(run_id) if run_id.isprintable() else None
    if run is None:
        raise NotHere(
            "There is no run under this address: it has been deleted, or the link is cut."
        )
    if KERAS_FILE not in run.artifacts:
        raise NotHere("This run has no network to take home yet: it gets one when it ends.")
    size = store.artifacts.verify(run.id, run.artifacts[KERAS_FILE])
    with store.artifacts.open(run.id, run.artifacts[KERAS_FILE]) as file:
        older = for_older_versions(file.read()) if is_for_newer_versions(file) else None
    if older:  # it was made before files were written for older versions of Keras
        return Response(older, headers=_headers(run, len(older)))
    return StreamingResponse(_blocks(run), headers=_headers(run, size))


def _blocks(run: Run) -> Iterator[bytes]:
    return resources().store.artifacts.blocks(run.id, run.artifacts[KERAS_FILE])


def _headers(run: Run, size: int) -> dict[str, str]:
    name = file_name(run)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
