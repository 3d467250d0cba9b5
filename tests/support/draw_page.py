"""The Draw page with a drawing on its canvas."""

import base64
import io

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from digits.strokes import Stroke, as_drawing


def drawn(app: AppTest, pixels: np.ndarray, *strokes: Stroke, canvas: str = "canvas_0") -> None:
    """Put a picture onto the canvas, and the strokes that it is said to be of."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    app.session_state[canvas] = {"drawing": {"raw": as_drawing(strokes, "#ffffff"), "data": data}}


def a_one() -> np.ndarray:
    pixels = np.full((320, 320, 4), (16, 22, 29, 255), np.uint8)
    pixels[60:260, 150:170] = 255
    return pixels


def open_draw_page(app: AppTest) -> AppTest:
    return app.run().switch_page("../pages/draw.py").run()
