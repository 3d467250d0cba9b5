"""The one door through which every Plotly figure reaches the page.

`st.plotly_chart` builds its figure anew whenever the data changes, which loses zoom and hover and
leaves frames without a curve. This component keeps the figure and adds only what is new.
"""

import json
from typing import Any

# First of all: Plotly looks whether pandas is there, and stumbles over one that another thread has
# imported by half.
import pandas  # noqa: F401
import plotly.graph_objects as go

from digits.live_figures import LiveFigure
from ui.shared.figure import PLOTLY_ADDRESS, figure_component

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
    _mount({"figure": plain}, key, description)


def show_live_figure(figure: go.Figure | FigureData, row: LiveFigure, stream: str) -> None:
    """Show a figure whose traces grow with what the browser hears of a run (`ui/shared/live.py`).

    Args:
        figure: traces without points; `meta["series"]` of each names what it shows. One with
            `meta={..., "window": w}` shows its mean over the last w epochs,
            and `meta={..., "label": l}` puts a word at its end.
        row: what it shows. The axes of `loss` and `accuracy` follow the points each in its own
            way (`plot_axes.js`); those of others are Plotly's.
        stream: names what the points belong to; another name starts the figure over.
    """
    plain = figure if isinstance(figure, dict) else as_data(figure)
    data = {"figure": plain, "name": row.name, "title": row.title, "words": row.words}
    _mount(data | {"stream": stream}, row.name, row.description)


def _mount(data: dict[str, Any], key: str, description: str) -> None:
    data |= {"description": description, "plotly": PLOTLY_ADDRESS}
    figure_component(data=data, key=f"{key}_plot")
