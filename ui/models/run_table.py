"""The table of runs: one component, which sorts, searches and compares in the browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from config.environment import retention_from_environment
from digits.sweep import VARIED
from model_store.records import Run
from server.addresses import (
    COMPARISON_ADDRESS,
    CURVES_ADDRESS,
    DISAGREEMENTS_ADDRESS,
    SWEEP_COST_ADDRESS,
)
from server.resources import ready_made_run
from trainer.ready_made import READY_MADE
from ui.models.requests import KEY, carried_out, deleted, keep_request, started
from ui.models.rows import Row
from ui.shared.in_page.test_images import address_of_test_images
from ui.shared.in_page.weights import run_by_id
from ui.shared.javascript_modules import module_address

MOST_LOOKED_AT = 20  # more are not compared
_HERE = Path(__file__).parent
_table = st.components.v2.component(
    "digit_playground_runs",
    html='<div class="runs"></div>',
    css=(_HERE / "models.css").read_text(),
    js=(_HERE / "start.js").read_text(),
    isolate_styles=False,
)


def is_somebodys(compared: str, own: Sequence[Run]) -> bool:
    """Whether an address compares networks of which some are another visitor's, or only such.

    Args:
        compared: ids, as the address has them.
        own: the visitor's runs.
    """
    known = {READY_MADE, *(run.id for run in own)}
    others = [each for each in compared.split(",") if each.strip() not in known]
    if not own:
        return bool(compared)
    return any(run_by_id(each.strip()) for each in others[:MOST_LOOKED_AT])


def show_table(
    rows: list[Row], is_more_to_come: bool, challenges: list[dict[str, Any]], is_shared: bool
) -> None:
    """Show runs; what is pressed comes back as a request.

    Args:
        rows: of the runs.
        is_more_to_come: whether the page is to be run once more to complete them.
        challenges: each with the run that solves it, if one does.
        is_shared: whether the comparison is somebody's, and comes first.
    """
    data: dict[str, Any] = {
        "module": module_address("models/in_page/models.js"),
        "rows": rows,
        "carriedOut": carried_out(),
        "more": is_more_to_come,
        "shared": is_shared,
        "deleted": deleted(),
        "started": started(),
        "readyMade": READY_MADE if ready_made_run() else None,
        "varied": VARIED,
        "challenges": challenges,
        "days": retention_from_environment().days,
        "addresses": {
            "comparison": COMPARISON_ADDRESS,
            "curves": CURVES_ADDRESS,
            "disagreements": DISAGREEMENTS_ADDRESS,
            "sweepCost": SWEEP_COST_ADDRESS,
            "images": address_of_test_images(),
        },
    }
    _table(data=data, key=KEY, on_asked_change=keep_request)
