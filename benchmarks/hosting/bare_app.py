"""The least that a Streamlit page with a canvas can do: a canvas, and one line computed from it.

`benchmarks.hosting.load` and `clicks` measure it beside the app: what it needs, Streamlit needs.
"""

import streamlit as st
from streamlit_drawable_canvas import st_canvas


@st.fragment
def drawing() -> None:
    """A canvas, and how much of it is ink; only this runs again after a stroke."""
    result = st_canvas(
        stroke_width=18,
        stroke_color="#ffffff",
        background_color="#10161d",
        width=320,
        height=320,
        return_image_data=True,
        key="canvas_0",
    )
    pixels = result.image_data
    if pixels is not None:
        st.markdown(f"Ink: {(pixels[..., 0] > 128).mean():.1%}")


drawing()
