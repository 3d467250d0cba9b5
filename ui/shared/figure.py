"""The component that draws figures in the browser, and Plotly's JavaScript, which it draws with.

Nothing here imports Plotly or NumPy: a newcomer's page does without them.
"""

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.addresses import under_base

PLOTLY_ADDRESS = under_base(f"/assets/plotly-{version('plotly')}.min.js")

_HERE = Path(__file__).parent
SCRIPTS = ("plot_axes.js", "line_labels.js", "live_figure.js", "plot.js")
figure_component = st.components.v2.component(
    "digit_playground_figure",
    html='<div class="digit-plot" role="img"></div><p class="digit-plot-message" role="alert"></p>',
    css=(_HERE / "plot.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in SCRIPTS),
    isolate_styles=False,  # Plotly puts its own styles into the document
)


def load_plotly_ahead() -> None:
    """Have the browser load Plotly while nothing else happens, before the first figure comes.

    To be called at the end of a page that will show figures; nothing is seen of it.
    """
    with st.container(key="plotly_ahead"):
        figure_component(data={"plotly": PLOTLY_ADDRESS}, key="plotly_ahead_plot")


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
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


plotly_route = Route(PLOTLY_ADDRESS, _send_plotly)
