"""The component that draws figures in the browser, and Plotly's JavaScript, which it draws with.

Nothing here imports Plotly or NumPy: a newcomer's page does without them.
"""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.addresses import under_base
from server.gzipped import FOR_GOOD, gzipped_response

_HERE = Path(__file__).parent
# The basic bundle: scatter and bar are all that is drawn here. The one of the Python package is
# four times as large, and takes a browser nine times as long to evaluate.
[_PLOTLY] = (_HERE / "third_party").glob("plotly-basic-*.min.js.gz")
PLOTLY_ADDRESS = under_base(f"/assets/{_PLOTLY.name.removesuffix('.gz')}")
SCRIPTS = (
    "in_page/in_turn.js",
    *("plot_axes.js", "line_labels.js", "mark_labels.js", "live_figure.js", "plot.js"),
)
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
    return gzipped_response(request, _PLOTLY.read_bytes(), "text/javascript", FOR_GOOD)


plotly_route = Route(PLOTLY_ADDRESS, _send_plotly)
