"""Training, reading and teaching only so fast: a friendly word for whoever is faster."""

import logging
import math
from enum import StrEnum
from typing import NamedTuple

import streamlit as st

from config.logs import hashed
from digits.words import counted
from server.rate_limits import Rate, RateLimit

logger = logging.getLogger(__name__)


class Action(StrEnum):
    """What is counted, and what a visitor who has to wait can then do again."""

    TRAIN = "press Train"
    DRAW = "draw"
    TEACH = "press Teach it"
    PLAN = "start several runs"
    CHANGE = "change the run"
    PUBLISH = "publish"


class _Limits(NamedTuple):
    of_visitor: RateLimit
    # Those who drop their cookie keep their address; a whole school may share one.
    of_address: RateLimit


_limits = {
    Action.TRAIN: _Limits(RateLimit(Rate(20, 3.0)), RateLimit(Rate(100, 0.3))),
    Action.DRAW: _Limits(RateLimit(Rate(60, 0.5)), RateLimit(Rate(5000, 0.005))),
    Action.CHANGE: _Limits(RateLimit(Rate(30, 1.0)), RateLimit(Rate(100, 0.3))),
    Action.TEACH: _Limits(RateLimit(Rate(10, 5.0)), RateLimit(Rate(100, 0.3))),
    Action.PUBLISH: _Limits(RateLimit(Rate(10, 6.0)), RateLimit(Rate(100, 0.6))),
    Action.PLAN: _Limits(RateLimit(Rate(5, 20.0)), RateLimit(Rate(50, 1.0))),
}


def allow(action: Action, visitor: str) -> bool:
    """Whether the visitor may do this now; if not, the page says when."""
    limits = _limits[action]
    wait = limits.of_visitor.take(visitor) or limits.of_address.take(_address())
    if wait:
        fields = {"action": action.name.lower(), "visitor": hashed(visitor)}
        logger.info("refused as too fast", extra=fields)
        seconds = math.ceil(wait)
        st.warning(
            f"You are fast! Give the others a chance too: please {action} again in "
            f"{counted(seconds, 'second')}.",
            icon=":material/timer:",
        )
    return not wait


def _address() -> str:
    return st.context.ip_address or "this machine"
