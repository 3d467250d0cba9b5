"""UNIPEN's recordings become records of strokes; the samples follow the format's definition."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reading import unipen
from benchmarks.reading.drawing_records import draw, read_records

SEGMENTS = """.VERSION 1.0
.INCLUDE abc/abc.doc
.INCLUDE abc/data/page.dat
.SEGMENT CHARACTER 0-1 ? "4"
.SEGMENT CHARACTER 3 OK "7"
.SEGMENT CHARACTER 4:1-4:2 GOOD "1"
.SEGMENT CHARACTER 3 OK "x"
.SEGMENT WORD 0-3 OK "4"
.SEGMENT CHARACTER 9 OK "8"
"""
DOCUMENTATION = """.COMMENT of several
   lines
.COORD X Y T
.HIERARCHY PAGE CHARACTER
"""
# The pen-up without points does not count, the one with points is component 2.
PEN = """
.WRITER_ID ann
.PEN_DOWN
  10 100 1
  20 300 2
.PEN_UP
.PEN_DOWN
\t15\t200\t3
\t110\t200\t4
.PEN_UP
 50 50 5
.PEN_DOWN
0 500 6
250 500 7
250 0 8
.PEN_UP
.PEN_DOWN
5 7 9
5 8 10
5 18 11
5 90 12
.PEN_UP
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for name, text in (
        ("data/1a/abc/page.dat", SEGMENTS),
        ("include/abc/abc.doc", DOCUMENTATION),
        ("include/abc/data/page.dat", PEN),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_digits_are_read_with_their_writer_and_their_pen_downs(archive: Path) -> None:
    four, seven, one = unipen.records_of(
        archive / "data" / "1a" / "abc" / "page.dat", archive / "include"
    )
    assert {record.writer for record in (four, seven, one)} == {"abc/ann"}
    assert [record.label for record in (four, seven, one)] == [4, 7, 1]
    # y points downwards, and the longer side is 1000.
    assert four.strokes == [[[0, 1000], [50, 0]], [[25, 500], [500, 500]]]
    assert seven.strokes == [[[0, 0], [500, 0], [500, 1000]]]
    assert one.strokes == [[[0, 1000], [0, 0]]]


def test_a_file_that_is_missing_is_named(archive: Path) -> None:
    (archive / "include" / "abc" / "abc.doc").unlink()
    with pytest.raises(FileNotFoundError, match=r"abc/abc\.doc"):
        unipen.records_of(archive / "data" / "1a" / "abc" / "page.dat", archive / "include")


def test_the_file_is_what_the_benchmark_reads(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = archive / "digits.jsonl.gz"
    monkeypatch.setattr(unipen, "MOST_OF_A_WRITER", 2)
    monkeypatch.setattr(sys, "argv", ["unipen", str(archive), "--output", str(output)])
    unipen.main()
    records = read_records(output)
    assert [record.label for record in records] == [4, 7]
    assert draw(records[1].strokes, np.random.default_rng(0)).any()
