"""Connections that are kept open and shared, for visitors who do not wait for ever."""

from sqlalchemy import PoolProxiedConnection, QueuePool
from sqlalchemy.exc import TimeoutError as AllInUse

from model_store.unavailable import StoreUnavailable

SECONDS_FOR_A_CONNECTION = 3.0


class TimeLimitedPool(QueuePool):
    """A pool that says in words when all its connections were in use for too long."""

    # What it logs is SQLAlchemy's, not this program's: every connection that is taken and given.
    _sqla_logger_namespace = "sqlalchemy.pool.TimeLimitedPool"

    def connect(self) -> PoolProxiedConnection:
        """Take a connection, to be given back by closing it.

        Raises:
            StoreUnavailable: none became free in time.
        """
        try:
            return super().connect()
        except AllInUse as error:
            raise StoreUnavailable(
                "The store that keeps the runs is busy: too many others are waiting for it. "
                "Please try again in a moment."
            ) from error
