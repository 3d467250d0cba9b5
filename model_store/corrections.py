"""Drawings that visitors have corrected; each visitor sees and uses only their own."""

import time

from sqlalchemy import Engine, and_, delete, insert, select

from model_store.database import corrections
from model_store.records import Correction

MOST_KEPT = 200


class Corrections:
    """The corrections of all visitors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, visitor: str, correction: Correction) -> None:
        """Keep a correction; of more than 200 the oldest is forgotten."""
        mine = select(corrections.c.id).where(corrections.c.visitor == visitor)
        oldest = mine.order_by(corrections.c.id.desc()).offset(MOST_KEPT - 1)
        with self._engine.begin() as connection:
            too_old = [row.id for row in connection.execute(oldest)]
            connection.execute(delete(corrections).where(corrections.c.id.in_(too_old)))
            new = {"visitor": visitor, "created_at": time.time()}
            new |= {"image": correction.image, "label": correction.label}
            connection.execute(insert(corrections).values(new))

    def of_visitor(self, visitor: str) -> list[Correction]:
        """What this visitor has corrected, oldest first."""
        mine = select(corrections.c.image, corrections.c.label, corrections.c.id)
        mine = mine.where(corrections.c.visitor == visitor).order_by(corrections.c.id)
        with self._engine.connect() as connection:
            return [Correction(**row._mapping) for row in connection.execute(mine)]

    def take_back(self, visitor: str, correction_id: int) -> bool:
        """Forget one correction; False if it is not this visitor's, or is forgotten already."""
        mine = and_(corrections.c.visitor == visitor, corrections.c.id == correction_id)
        with self._engine.begin() as connection:
            return connection.execute(delete(corrections).where(mine)).rowcount == 1

    def forget(self, visitor: str) -> None:
        """Forget all that this visitor has corrected."""
        with self._engine.begin() as connection:
            connection.execute(delete(corrections).where(corrections.c.visitor == visitor))
