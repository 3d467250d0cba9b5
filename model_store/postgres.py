"""PostgreSQL that may fall silent: its process stopped, its machine gone, its packets swallowed.

A silent server says no more than "I have got your packets", if that. So it takes a clock on this
side to end a wait: neither the server's own limits nor those of TCP do it.
"""

import logging
import math
import time
from collections.abc import Callable
from threading import Event, Lock, Thread, local
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout
from sqlalchemy import URL, Engine, PoolProxiedConnection, event
from sqlalchemy.engine import ExceptionContext

from model_store.connection_pool import TimeLimitedPool
from model_store.unavailable import NO_ANSWER, StoreUnavailable

# A visitor waits for the first of these alone or for the two others in a row, and then for the page
# that says so: 5 s in all.
SECONDS_FOR_A_STATEMENT = 3.5
SECONDS_FOR_A_SIGN_OF_LIFE = 1.5  # of a connection that was kept
SECONDS_TO_CONNECT = 2  # psycopg takes no less
SECONDS_BETWEEN_TRIALS = 0.5

# A connection to a machine that is gone ends some time, also where nobody waits for an answer.
OF_TCP = {
    "connect_timeout": SECONDS_TO_CONNECT,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

logger = logging.getLogger(__name__)


def connect_options(url: URL) -> dict[str, int]:
    """Time limits of a connection, as far as the operator has not set them in the URL."""
    return {name: value for name, value in OF_TCP.items() if name not in url.query}


def limit_waiting(engine: Engine, seconds_for_a_lock: float) -> None:
    """Let no wait for the server go on for ever, on this side or on its own."""

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> TimeLimitedConnection:
        if isinstance(engine.pool, PostgresPool):
            engine.pool.see_that_nobody_has_tried()
        return TimeLimitedConnection.connect(*arguments, **options)

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(
            f"set lock_timeout = '{seconds_for_a_lock:g}s'; set statement_timeout = '30s'; "
            # Whoever began this has gone, and their locks keep others waiting.
            "set idle_in_transaction_session_timeout = '30s'"
        )
        connection.commit()

    def expect_sign_of_life(connection: TimeLimitedConnection | None, _record: Any) -> None:
        if connection:
            connection.expect_sign_of_life()

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "checkout", lambda connection, *_: connection.allow_a_statement())
    event.listen(engine, "checkin", expect_sign_of_life)
    event.listen(engine, "handle_error", _note_silence)


def wait_for_ever(connection: Any) -> None:
    """Take all limits from a connection that nobody else will use."""
    connection.seconds_to_answer = math.inf
    connection.execute("set lock_timeout = 0; set statement_timeout = 0")
    connection.execute("set idle_in_transaction_session_timeout = 0")


class TimeLimitedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server keeps it waiting for too long."""

    seconds_to_answer = SECONDS_FOR_A_SIGN_OF_LIFE

    def expect_sign_of_life(self) -> None:
        """Have the server show that it is there."""
        self.seconds_to_answer = SECONDS_FOR_A_SIGN_OF_LIFE

    def allow_a_statement(self) -> None:
        """Let the server work."""
        self.seconds_to_answer = SECONDS_FOR_A_STATEMENT

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server, as psycopg does for all that is asked.

        Raises:
            ConnectionTimeout: it did not answer in time.
        """
        timeout = self.seconds_to_answer if timeout is None else timeout
        if timeout == math.inf:
            return super().wait(gen, interval)
        until = time.monotonic() + timeout
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError as error:
            if time.monotonic() < until:
                raise
            self.close()
            raise ConnectionTimeout(f"no answer within {timeout:g} s") from error


class CircuitBreaker:
    """Remembers that the server is silent, so that nobody else waits to find out.

    Args:
        ask: asks the server; raises an exception if it does not answer.
    """

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._is_open = False
        self._opened_at = -math.inf
        self._closed = Event()

    def pass_through(self) -> None:
        """Let pass who may ask the server.

        Raises:
            StoreUnavailable: it is silent.
        """
        if self._is_open:
            raise StoreUnavailable(NO_ANSWER)

    def has_opened_since(self, then: float) -> bool:
        """Whether somebody has found the server silent since that moment of the monotonic clock."""
        return self._is_open and self._opened_at >= then

    def trip(self) -> None:
        """Note that the server is silent; a thread asks it until it answers."""
        with self._lock:
            if not self._is_open:
                self._is_open = True
                self._opened_at = time.monotonic()
                Thread(target=self._ask_until_it_answers, name="breaker", daemon=True).start()

    def close(self) -> None:
        """Ask no more."""
        self._closed.set()

    def _ask_until_it_answers(self) -> None:
        while not self._closed.wait(SECONDS_BETWEEN_TRIALS):
            try:
                self._ask()
            except Exception as error:
                logger.info("the database does not answer yet: %s", error)
            else:
                self._is_open = False
                return


class PostgresPool(TimeLimitedPool):
    """A pool that asks nothing of a silent server."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.breaker = CircuitBreaker(lambda: self._connect().close())
        self._here = local()

    def connect(self) -> PoolProxiedConnection:
        """Take a connection to a server that answers.

        Raises:
            StoreUnavailable: none became free in time, or the server is silent.
            ConnectionTimeout: it is silent, and this was the first to find out.
        """
        self.breaker.pass_through()
        try:
            return self._connect()
        except StoreUnavailable:
            # Those who have the connections meanwhile found out why none becomes free.
            self.breaker.pass_through()
            raise
        except ConnectionTimeout:
            self.breaker.trip()
            raise

    def _connect(self) -> PoolProxiedConnection:
        self._here.since = time.monotonic()
        return super().connect()

    def see_that_nobody_has_tried(self) -> None:
        """See that the server was not found silent while this thread waited for its turn to try it.

        Raises:
            StoreUnavailable: it was.
        """
        if self.breaker.has_opened_since(self._here.since):
            raise StoreUnavailable(NO_ANSWER)

    def dispose(self) -> None:
        """Close the connections that nobody uses."""
        self.breaker.close()
        super().dispose()


def _note_silence(context: ExceptionContext) -> None:
    is_silent = isinstance(context.original_exception, ConnectionTimeout)
    pool = context.engine.pool if context.engine else None
    if is_silent and not context.is_pre_ping and isinstance(pool, PostgresPool):
        pool.breaker.trip()
