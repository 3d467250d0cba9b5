"""Make the file of drawn digits from UNIPEN's recordings of pens on tablets.

    python -m benchmarks.reading.unipen FOLDER --output data/drawn_digits.jsonl.gz

FOLDER is the unpacked train_r01_v07: category 1a, isolated digits, lies in its `data/1a`, and what
those files include in its `include`. It is published under CC BY 4.0 as record 1195803 of Zenodo
(https://doi.org/10.5281/zenodo.1195803). At most 20 digits a writer are taken.

UNIPEN's format is one of keywords that begin with a dot. A component is the points between one
`.PEN_DOWN` or `.PEN_UP` and the next keyword; those without points are not counted. `.SEGMENT`
names the components of a character, such as `2-3`, and its label. Its y points upwards.
"""

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.reading.drawing_records import Record

CATEGORY = "1a"
MOST_OF_A_WRITER = 20
SIDE = 1000
DIGITS = set("0123456789")
# Such as `2`, `2-3`, `2,4` and, from point to point, `2:0-3:17`.
PART = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")

Points = NDArray[np.float64]


class Statement(NamedTuple):
    """A keyword without its dot, and what follows it up to the next one."""

    keyword: str
    text: str


class Component(NamedTuple):
    """Points [count, 2] between two changes of the pen, and whether it was on the tablet."""

    is_down: bool
    points: Points


def statements(path: Path, folder: Path) -> Iterator[Statement]:
    """The statements of a file, and in their places those of the files that it includes.

    Args:
        path: the file.
        folder: where included files lie.

    Raises:
        FileNotFoundError: a file that is included is not there.
    """
    text = "\n" + path.read_text(encoding="latin-1").replace("\r", "\n")
    for part in re.split(r"\n\.(?=[A-Z])", text)[1:]:
        keyword, _, rest = part.replace("\n", " \n", 1).partition(" ")
        if keyword == "INCLUDE":
            yield from statements(_found(folder, rest.strip()), folder)
        else:
            yield Statement(keyword, rest.strip())


def records_of(path: Path, folder: Path) -> list[Record]:
    """The digits of a file of segments, in their order.

    Args:
        path: the file.
        folder: where included files lie.
    """
    columns, writer = ["X", "Y"], path.stem
    components: list[Component] = []
    segments: list[tuple[str, str]] = []
    for keyword, text in statements(path, folder):
        if keyword == "COORD":
            columns = text.split()
        elif keyword == "WRITER_ID":
            writer = text
        elif keyword in ("PEN_DOWN", "PEN_UP") and text:
            components.append(Component(keyword == "PEN_DOWN", _points(text, columns)))
        elif keyword == "SEGMENT":
            segments += _digit(text)
    donor = path.relative_to(folder.parent / "data" / CATEGORY).parts[0]
    found = ((label, strokes_between(components, delineation)) for delineation, label in segments)
    return [
        Record(int(label), f"{donor}/{writer}", normalised(strokes))
        for label, strokes in found
        if strokes
    ]


def strokes_between(components: Sequence[Component], delineation: str) -> list[Points]:
    """The pen-downs that a delineation names; none if it names components that are not there."""
    strokes: list[Points] = []
    for first, start, last, end in PART.findall(delineation):
        final = int(last or first)
        if final >= len(components):
            return []
        for number in range(int(first), final + 1):
            is_down, points = components[number]
            low = int(start or 0) if number == int(first) else 0
            high = int(end) + 1 if end and number == final else len(points)
            if is_down and low < high:
                strokes.append(points[low:high])
    return strokes


def normalised(strokes: Sequence[Points]) -> list[list[list[float]]]:
    """Strokes with y downwards, at the origin, the longer side 1000: lists of [x, y]."""
    turned = [points * (1, -1) for points in strokes]
    corner = np.min([points.min(axis=0) for points in turned], axis=0)
    extent = max(np.max([points.max(axis=0) for points in turned], axis=0) - corner)
    scale = SIDE / max(extent, 1)
    return [np.rint((points - corner) * scale).astype(int).tolist() for points in turned]


def chosen(records: Iterable[Record]) -> Iterator[Record]:
    """Leave out what a writer has written beyond the first 20 digits."""
    counts: dict[str, int] = {}
    for record in records:
        counts[record.writer] = counts.get(record.writer, 0) + 1
        if counts[record.writer] <= MOST_OF_A_WRITER:
            yield record


def _found(folder: Path, name: str) -> Path:
    """An included file: names are relative to `include`, in whatever case they were written."""
    for path in (folder / name, folder / name.lower()):
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} is included and not in {folder}: unpack the whole archive")


def _points(text: str, columns: Sequence[str]) -> Points:
    values = np.array(text.split(), float).reshape(-1, len(columns))
    return values[:, [columns.index("X"), columns.index("Y")]]


def _digit(text: str) -> list[tuple[str, str]]:
    """Delineation and label of a segment that is a digit, such as `CHARACTER 2-3 OK "7"`."""
    found = re.fullmatch(r'CHARACTER\s+(\S+)\s+\S+\s+"(.*)"', text)
    return [(found[1], found[2])] if found and found[2] in DIGITS else []


def main() -> None:
    """Read the archive and write the records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the unpacked train_r01_v07")
    parser.add_argument("--output", type=Path, required=True, help="JSON lines, gzipped")
    arguments = parser.parse_args()
    files = sorted((arguments.folder / "data" / CATEGORY).rglob("*.dat"))
    if not files:
        parser.error(f"there is no data/{CATEGORY} with .dat files in {arguments.folder}")
    include = arguments.folder / "include"
    records = chosen(record for path in files for record in records_of(path, include))
    lines = [json.dumps(record._asdict(), separators=(",", ":")) + "\n" for record in records]
    arguments.output.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{len(lines)} digits in {arguments.output}")


if __name__ == "__main__":
    main()
