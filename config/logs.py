"""Logs for operators: an event a line, readable or, with LOG_FORMAT=json, for machines.

Each process calls `configure_logs` once. The same event has always the same message; what differs,
such as run and visitor, stands in fields: `logger.info("run submitted", extra=about(run))`.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pythonjsonlogger.core import RESERVED_ATTRS, merge_record_extra
from pythonjsonlogger.json import JsonFormatter

from config.environment import variable

if TYPE_CHECKING:
    from model_store.records import Run

# Every package of the program: of libraries, only warnings are written.
PROGRAM = ("app", "pages", "ui", "server", "trainer", "lesson", "digits", "model_store", "config")
_PLAIN = re.compile(r"[\w.:/%+-]+")

_context: ContextVar[dict[str, str]] = ContextVar("log_context")


@cache
def configure_logs() -> None:
    """Write what this process logs to standard error, as LOG_FORMAT and LOG_LEVEL say."""
    handler = logging.StreamHandler()
    handler.addFilter(_is_worth_a_line)
    handler.addFilter(_add_context)
    as_json = variable("LOG_FORMAT") == "json"
    handler.setFormatter(_json_lines() if as_json else _ReadableLines())
    logging.getLogger().addHandler(handler)
    for name in PROGRAM:
        logging.getLogger(name).setLevel(variable("LOG_LEVEL").upper())
    _take_over_libraries()


def about(run: "Run") -> dict[str, str]:
    """The fields that name a run and its owner."""
    return {"run": run.id, "visitor": hashed(run.visitor)}


def hashed(visitor: str) -> str:
    """A visitor's name in logs: their id itself opens their runs to whoever reads it."""
    return sha256(visitor.encode()).hexdigest()[:12]


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Let every line that this thread logs within the block carry these fields."""
    before = _context.set(fields)
    try:
        yield
    finally:
        _context.reset(before)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Libraries are heard from warnings on; this program as LOG_LEVEL says."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in PROGRAM


def _add_context(record: logging.LogRecord) -> bool:
    for name, value in _context.get({}).items():
        record.__dict__.setdefault(name, value)
    return True


def _take_over_libraries() -> None:
    """Let libraries that write to the terminal by themselves write through our handler instead."""
    for logger in logging.Logger.manager.loggerDict.values():
        if not isinstance(logger, logging.Logger):
            continue
        for handler in logger.handlers[:]:
            if isinstance(handler, logging.StreamHandler):
                logger.removeHandler(handler)
                logger.propagate = True


def _json_lines() -> logging.Formatter:
    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "traceback"},
        timestamp="time",
    )


class _ReadableLines(logging.Formatter):
    """`2026-11-23 22:41:43,512 INFO trainer.run_executor: run finished accuracy=0.978 run=...`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        fields = merge_record_extra(record, {}, reserved=RESERVED_ATTRS)
        said = [f"{name}={_quoted(value)}" for name, value in fields.items()]
        return " ".join([super().formatMessage(record), *said])


def _quoted(value: Any) -> str:
    """A value without line ends or spaces that could be taken for the next field."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
