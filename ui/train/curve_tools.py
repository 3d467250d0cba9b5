"""Above the curves: along what they run, and how to take them home."""

from pathlib import Path

import streamlit as st

from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_tools = st.components.v2.component(
    "digit_playground_curve_tools",
    html="""
    <div class="curve-tools">
      <fieldset><legend>Along</legend>
        <label><input type="radio" name="curve_axis" value="epoch" checked>epochs</label>
        <label><input type="radio" name="curve_axis" value="step">steps</label>
        <label><input type="radio" name="curve_axis" value="second">seconds</label>
      </fieldset>
      <div class="curve-tools-save" role="group" aria-label="Save the curves"><span>Save</span>
        <button type="button" value="png" title="Each chart as a picture">PNG</button>
        <button type="button" value="svg" title="Each chart, sharp at any size">SVG</button>
        <button type="button" value="csv" title="All numbers as a table">CSV</button>
      </div>
      <span role="status"></span>
    </div>""",
    css=(_HERE / "curve_tools.css").read_text(),
    js=(_HERE / "curve_tools.js").read_text(),
    isolate_styles=False,
)


def show_curve_tools(stream: str) -> None:
    """Show what works on all curves of a run: their common axis, and files to save.

    Args:
        stream: names the run's points, as `show_live_figure` was told; files are named by it.
    """
    module = module_address("train/curve_files.js")
    _tools(data={"name": f"digit-playground-{stream}", "files": module}, key="curve_tools")
