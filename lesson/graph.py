# ruff: noqa: RUF001  (a minus sign and Greek letters are meant)
"""The two-layer graph of the Learn page as a drawing: SVG that takes its colours from the page.

Numbers flow forward in one colour, slopes flow backward in another, on dashed arrows. Classes of
the drawing: `forward`, `backward`, `box`, `weight`, `name`, `formula`.
"""

from typing import NamedTuple

from lesson.arithmetic import Graph, backward, forward

BOX_WIDTH, BOX_HEIGHT = 116, 62
WEIGHT_WIDTH, WEIGHT_HEIGHT = 104, 34
BOXES = (
    ("Input", "x"),
    ("L1", "z = w₁ · x"),
    ("Sigmoid", "a = σ(z)"),
    ("L2", "y = w₂ · a"),
    ("Loss", "l = (y − t)²"),
)
MARKERS = "".join(
    f'<marker id="{name}-NAME" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
    f'markerHeight="7" orient="auto"><path class="{name} head" d="M0 0 8 4 0 8z"/></marker>'
    for name in ("forward", "backward")
)


class _Edge(NamedTuple):
    """What goes to and fro between two boxes."""

    name: str
    value: float
    slope: float | None


def graph_drawing(graph: Graph) -> str:
    """The drawing twice, as a row for wide screens and as a column for narrow ones.

    Args:
        graph: the numbers to feed it with.

    Returns:
        HTML; the style sheet shows the one that fits.
    """
    return _row(graph) + _column(graph)


def graph_in_words(graph: Graph) -> str:
    """All that the drawing shows, for those who cannot see it."""
    numbers, slopes = forward(graph), backward(graph)
    return (
        "A chain of five boxes: input, L1, sigmoid, L2, loss. "
        f"Forward: x is {number(graph.x)}; times w1 {number(graph.w1)} is z {number(numbers.z)}; "
        f"the sigmoid makes a {number(numbers.a)} of it; times w2 {number(graph.w2)} gives y "
        f"{number(numbers.y)}; the target is {number(graph.target)}, so the loss is "
        f"{number(numbers.loss)}. Backward, the slope of the loss along y is {number(slopes.y)}, "
        f"along w2 {number(slopes.w2)}, along a {number(slopes.a)}, along z {number(slopes.z)}, "
        f"along w1 {number(slopes.w1)}."
    )


def number(value: float) -> str:
    """A number with three decimals and a proper minus sign."""
    text = f"{value:.3f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _edges(graph: Graph) -> list[_Edge]:
    numbers, slopes = forward(graph), backward(graph)
    return [
        _Edge("x", graph.x, None),
        _Edge("z", numbers.z, slopes.z),
        _Edge("a", numbers.a, slopes.a),
        _Edge("y", numbers.y, slopes.y),
    ]


def _weights(graph: Graph) -> list[tuple[int, _Edge]]:
    slopes = backward(graph)
    return [(1, _Edge("w₁", graph.w1, slopes.w1)), (3, _Edge("w₂", graph.w2, slopes.w2))]


def _row(graph: Graph) -> str:
    top, gap = 118, 86
    middle = top + BOX_HEIGHT / 2
    lefts = [2 + index * (BOX_WIDTH + gap) for index in range(len(BOXES))]
    parts = [_box(left, top, *texts) for left, texts in zip(lefts, BOXES, strict=True)]
    for left, edge in zip(lefts, _edges(graph), strict=False):
        start, end = left + BOX_WIDTH + 5, left + BOX_WIDTH + gap - 5
        center = (start + end) / 2
        parts.append(_arrow("forward", "row", start, middle - 7, end, middle - 7))
        parts.append(_text("forward name", center, middle - 35, edge.name))
        parts.append(_text("forward", center, middle - 17, number(edge.value)))
        if edge.slope is not None:
            parts.append(_arrow("backward", "row", end, middle + 7, start, middle + 7))
            parts.append(_text("backward", center, middle + 27, number(edge.slope)))
            parts.append(_text("backward name", center, middle + 46, f"∂l/∂{edge.name}"))
    for index, edge in _weights(graph):
        center = lefts[index] + BOX_WIDTH / 2
        parts.append(_weight(center, 22, edge))
        parts.append(_arrow("forward", "row", center - 8, 44, center - 8, top - 5))
        parts.append(_arrow("backward", "row", center + 8, top - 5, center + 8, 44))
        slope = f"∂l/∂{edge.name} = {number(edge.slope or 0)}"
        parts.append(_text("backward", center + 18, 84, slope, "start"))
    center = lefts[-1] + BOX_WIDTH / 2
    parts.append(_text("formula", center, top - 14, f"target t = {number(graph.target)}"))
    loss = f"l = {number(forward(graph).loss)}"
    parts.append(_text("forward result", center, top + BOX_HEIGHT + 26, loss))
    return _svg("row", 928, 232, parts)


def _column(graph: Graph) -> str:
    left, gap = 22, 62
    center = left + BOX_WIDTH / 2
    tops = [4 + index * (BOX_HEIGHT + gap) for index in range(len(BOXES))]
    parts = [_box(left, top, *texts) for top, texts in zip(tops, BOXES, strict=True)]
    for top, edge in zip(tops, _edges(graph), strict=False):
        start, end = top + BOX_HEIGHT + 5, top + BOX_HEIGHT + gap - 5
        middle = (start + end) / 2 + 5
        value = f"{edge.name} = {number(edge.value)}"
        parts.append(_arrow("forward", "column", center - 7, start, center - 7, end))
        parts.append(_text("forward", center - 15, middle, value.replace(" = ", "="), "end"))
        if edge.slope is not None:
            slope = f"∂l/∂{edge.name} = {number(edge.slope)}"
            parts.append(_arrow("backward", "column", center + 7, end, center + 7, start))
            parts.append(_text("backward", center + 16, middle, slope, "start"))
    right = left + BOX_WIDTH
    for index, edge in _weights(graph):
        middle = tops[index] + BOX_HEIGHT / 2
        parts.append(_weight(278, middle, edge))
        parts.append(_arrow("forward", "column", 223, middle - 6, right + 5, middle - 6))
        parts.append(_arrow("backward", "column", right + 5, middle + 6, 223, middle + 6))
        slope = f"∂l/∂{edge.name} = {number(edge.slope or 0)}"
        parts.append(_text("backward", 338, middle + 38, slope, "end"))
    middle = tops[-1] + BOX_HEIGHT / 2
    parts.append(
        _text("formula", right + 12, middle - 8, f"target t = {number(graph.target)}", "start")
    )
    loss = f"l = {number(forward(graph).loss)}"
    parts.append(_text("forward result", right + 12, middle + 18, loss, "start"))
    return _svg("column", 340, tops[-1] + BOX_HEIGHT + 4, parts)


def _svg(name: str, width: float, height: float, parts: list[str]) -> str:
    markers = MARKERS.replace("NAME", name)
    return (
        f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}" aria-hidden="true">'
        f"<defs>{markers}</defs>{''.join(parts)}</svg>"
    )


def _box(left: float, top: float, name: str, formula: str) -> str:
    center = left + BOX_WIDTH / 2
    return (
        f'<rect class="box" x="{left:g}" y="{top:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
        f'rx="10"/>{_text("name", center, top + 25, name)}'
        f"{_text('formula', center, top + 47, formula)}"
    )


def _weight(center: float, middle: float, edge: _Edge) -> str:
    left, top = center - WEIGHT_WIDTH / 2, middle - WEIGHT_HEIGHT / 2
    text = f"{edge.name} = {number(edge.value)}"
    return (
        f'<rect class="weight" x="{left:g}" y="{top:g}" width="{WEIGHT_WIDTH}" '
        f'height="{WEIGHT_HEIGHT}" rx="17"/>{_text("forward", center, middle + 5, text)}'
    )


def _arrow(kind: str, name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" '
        f'marker-end="url(#{kind}-{name})"/>'
    )


def _text(kind: str, x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>'
