"""The time zone that a visitor lives in, as their browser tells it."""

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def visitor_zone() -> tzinfo:
    """The zone by its name, which knows of summer time; else by its distance from UTC; else UTC."""
    name, minutes_behind = st.context.timezone, st.context.timezone_offset
    try:
        return ZoneInfo(name) if name else _at(minutes_behind)
    except (KeyError, ValueError, OSError):  # a browser may send anything
        return _at(minutes_behind)


def _at(minutes_behind: int | None) -> tzinfo:
    if not minutes_behind or abs(minutes_behind) >= 24 * 60:
        return UTC
    return timezone(-timedelta(minutes=minutes_behind))
