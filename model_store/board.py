"""The board: what visitors have published of what they reached, one entry each for a challenge."""

from dataclasses import fields

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select

from model_store.database import board
from model_store.records import BoardEntry
from model_store.visitors import lock_visitor

# Of each challenge; whoever is further down is not kept.
MOST_ENTRIES = 100

_COLUMNS = [board.c[field.name] for field in fields(BoardEntry)]
_BEST_FIRST = (board.c.accuracy.desc(), board.c.published_at)


class Board:
    """The table of entries."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(self, entry: BoardEntry) -> bool:
        """Put an entry on the board, in place of the visitor's own of this challenge.

        Returns:
            False if the one that is there is better, or `MOST_ENTRIES` others are.
        """
        own = _of(entry.challenge, entry.visitor)
        with self._engine.begin() as connection:
            lock_visitor(connection, entry.visitor)
            better = select(board.c.visitor).where(own, board.c.accuracy > entry.accuracy)
            if connection.execute(better).first():
                return False
            connection.execute(delete(board).where(own))
            connection.execute(insert(board).values(**vars(entry)))
            of_challenge = board.c.challenge == entry.challenge
            best = select(board.c.visitor).where(of_challenge).order_by(*_BEST_FIRST)
            others = board.c.visitor.not_in(best.limit(MOST_ENTRIES).scalar_subquery())
            connection.execute(delete(board).where(of_challenge, others))
            return connection.execute(select(board.c.visitor).where(own)).first() is not None

    def withdraw(self, challenge: str, visitor: str) -> bool:
        """Take the visitor's own entry off the board; False if there is none."""
        with self._engine.begin() as connection:
            gone = delete(board).where(_of(challenge, visitor))
            return connection.execute(gone).rowcount == 1

    def best(self, challenge: str, most: int) -> list[BoardEntry]:
        """The best entries of a challenge, best first."""
        wanted = select(*_COLUMNS).where(board.c.challenge == challenge)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(*_BEST_FIRST).limit(most)).all()
        return [BoardEntry(**row._mapping) for row in rows]

    def of_visitor(self, visitor: str) -> dict[str, BoardEntry]:
        """What a visitor has published, by challenge."""
        wanted = select(*_COLUMNS).where(board.c.visitor == visitor)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return {row.challenge: BoardEntry(**row._mapping) for row in rows}


def _of(challenge: str, visitor: str) -> ColumnElement[bool]:
    return and_(board.c.challenge == challenge, board.c.visitor == visitor)
