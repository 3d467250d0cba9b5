"""Drawings that visitors have said to be a digit; each visitor sees and uses only their own."""

import time

from sqlalchemy import Engine, Table, and_, delete, insert, select

from model_store.records import LabelledDrawing

MOST_KEPT = 200


class Drawings:
    """The drawings of all visitors that one table keeps: corrections, or their own test digits.

    Args:
        engine: of the database.
        table: where they are.
    """

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine = engine
        self._table = table

    def add(self, visitor: str, drawing: LabelledDrawing) -> int:
        """Keep a drawing; of more than 200 the oldest is forgotten.

        Returns:
            The id that it has from now on.
        """
        kept = self._table
        mine = select(kept.c.id).where(kept.c.visitor == visitor)
        oldest = mine.order_by(kept.c.id.desc()).offset(MOST_KEPT - 1)
        with self._engine.begin() as connection:
            too_old = [row.id for row in connection.execute(oldest)]
            connection.execute(delete(kept).where(kept.c.id.in_(too_old)))
            new = {"visitor": visitor, "created_at": time.time()}
            new |= {"image": drawing.image, "label": drawing.label}
            made = connection.execute(insert(kept).values(new)).inserted_primary_key
            assert made is not None
            return int(made[0])

    def of_visitor(self, visitor: str) -> list[LabelledDrawing]:
        """What this visitor has drawn, oldest first."""
        kept = self._table
        mine = select(kept.c.image, kept.c.label, kept.c.id)
        mine = mine.where(kept.c.visitor == visitor).order_by(kept.c.id)
        with self._engine.connect() as connection:
            return [LabelledDrawing(**row._mapping) for row in connection.execute(mine)]

    def take_back(self, visitor: str, drawing_id: int) -> bool:
        """Forget one drawing; False if it is not this visitor's, or is forgotten already."""
        mine = and_(self._table.c.visitor == visitor, self._table.c.id == drawing_id)
        with self._engine.begin() as connection:
            return connection.execute(delete(self._table).where(mine)).rowcount == 1

    def forget(self, visitor: str) -> None:
        """Forget all drawings of this visitor."""
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._table.c.visitor == visitor))
