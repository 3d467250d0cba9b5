"""Files of the form that MNIST was published in."""

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from digits.idx_files import parse_idx


def idx(array: Any) -> bytes:
    lengths = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + bytes(array.tobytes())


arrays = st_numpy.arrays(np.uint8, st_numpy.array_shapes(max_dims=3, max_side=6))


@given(arrays)
def test_idx_round_trip(array: Any) -> None:
    assert np.array_equal(parse_idx(idx(array)), array)


@given(arrays, st.data())
def test_truncated_idx_is_refused(array: Any, data: st.DataObject) -> None:
    content = idx(array)
    kept = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ValueError, match=r"^expected .* but "):
        parse_idx(content[:kept])


@given(arrays, st.binary(min_size=1, max_size=40))
def test_idx_with_a_tail_is_refused(array: Any, tail: bytes) -> None:
    with pytest.raises(ValueError, match=r"^expected \d+ bytes for an array of shape .* but "):
        parse_idx(idx(array) + tail)


@given(arrays, st.binary(min_size=3, max_size=3).filter(lambda magic: magic != b"\0\0\x08"))
def test_wrong_magic_is_refused(array: Any, magic: bytes) -> None:
    with pytest.raises(ValueError, match="begins with 00 00 08, but it begins with"):
        parse_idx(magic + idx(array)[3:])


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_parsed_or_refused(content: bytes, with_magic: bool) -> None:
    content = b"\0\0\x08" * with_magic + content
    try:
        array = parse_idx(content)
    except ValueError:
        with pytest.raises(ValueError, match=r"^expected .* but "):
            parse_idx(content)
    else:
        assert idx(array) == content
