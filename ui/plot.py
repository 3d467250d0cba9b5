"""The one door through which every Plotly figure reaches the page.

`st.plotly_chart` builds its figure anew whenever the data changes, which loses zoom and hover and
leaves frames without a curve. This component keeps the figure and adds only what is new.
"""

import gzip
import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import streamlit as st
from plotly.offline import get_plotlyjs_version
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FRONTEND = Path(__file__).parent / "frontend"
PLOTLY_PATH = f"/assets/plotly-{get_plotlyjs_version()}.min.js"

_figure = st.components.v2.component(
    "digit_playground_figure",
    html='<div class="digit-plot" role="img"></div><p class="digit-plot-message" role="alert"></p>',
    css=(_FRONTEND / "plot.css").read_text(),
    js=(_FRONTEND / "plot.js").read_text(),
    isolate_styles=False,  # Plotly puts its own styles into the document
)


# A figure as the plain data that Plotly's JavaScript wants.
FigureData = dict[str, Any]


def as_data(figure: go.Figure) -> FigureData:
    """The plain data of a figure, which costs a hundredth of making the figure anew."""
    data: FigureData = json.loads(figure.to_json())
    return data


def show_figure(figure: go.Figure | FigureData, key: str, description: str) -> None:
    """Show a figure; a later call with the same key changes it in place.

    Args:
        figure: with its height in the layout.
        key: names the figure on the page.
        description: what it shows, for those who cannot see it.
    """
    plain = figure if isinstance(figure, dict) else as_data(figure)
    version = sha256(json.dumps(plain).encode()).hexdigest()
    _mount({"figure": plain, "version": version}, key, description)


def show_live_figure(
    figure: go.Figure | FigureData, key: str, description: str, stream: str
) -> None:
    """Show a figure whose traces grow with what the browser hears of a run (`ui/live.py`).

    Args:
        figure: traces without points. A trace with `meta={"running_mean_of": n, "memory": m}`
            follows trace n by itself, as its exponential running mean.
        key: names the figure on the page.
        description: what it shows, for those who cannot see it.
        stream: names what the points belong to; another name starts the figure over.
    """
    plain = figure if isinstance(figure, dict) else as_data(figure)
    _mount({"figure": plain, "name": key, "stream": stream}, key, description)


def load_plotly_ahead() -> None:
    """Have the browser load Plotly while nothing else happens, before the first figure comes.

    To be called at the end of a page that will show figures; nothing is seen of it.
    """
    with st.container(key="plotly_ahead"):
        _figure(data={"plotly": _plotly_address()}, key="plotly_ahead_plot")


def _mount(data: dict[str, Any], key: str, description: str) -> None:
    data |= {"description": description, "plotly": _plotly_address()}
    _figure(data=data, key=f"{key}_plot")


def _plotly_address() -> str:
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{PLOTLY_PATH}" if base else PLOTLY_PATH


async def _send_plotly(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        compressed = {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(compressed_plotly(), headers=compressed, media_type="text/javascript")
    return Response(_plotly_script(), headers=headers, media_type="text/javascript")


@cache
def compressed_plotly() -> bytes:
    """Plotly's JavaScript as most browsers want it, made once a process in a fifth of a second."""
    return gzip.compress(_plotly_script())


def _plotly_script() -> bytes:
    return (files(plotly) / "package_data" / "plotly.min.js").read_bytes()


plotly_route = Route(PLOTLY_PATH, _send_plotly)
