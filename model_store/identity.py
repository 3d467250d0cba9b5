"""Whether a database and a folder of files belong together: both carry one random id.

The database keeps it in a table, the folder in the file `store-id`. It is chosen when the two first
meet. From then on a database never takes files for its own that carry another id or none.
"""

from secrets import token_hex

from sqlalchemy import Connection, Engine, insert, select

from model_store.artifacts import MARK, Artifacts, Files
from model_store.database import identity, runs
from model_store.migrations import alone

# Workers that are killed, and runs whose deletion breaks off, leave a file or two without a name.
UNNAMED_AT_MOST = 10
PART_UNNAMED_AT_MOST = 0.05


def disagreement(engine: Engine, artifacts: Artifacts) -> str:
    """Why files must not be deleted on the word of this database; empty if they belong to it.

    Where the two meet for the first time, they get their common id.
    """
    with engine.connect() as connection:
        known = _known_id(connection)
    expected = known or _first_id(engine, artifacts)
    found = artifacts.mark()
    if found == expected:
        return ""
    if found is None and artifacts.is_empty():
        artifacts.set_mark(expected)  # there is nothing that could be anybody else's
        return ""
    return (
        f"The database has the id {expected}, the files carry {found or 'none'}. Nothing is "
        "deleted, because these files may be those of another database. Correct DATABASE_URL or "
        f"ARTIFACTS_URL. If they do belong together, write {expected} into the file {MARK} there."
    )


def unnamed(connection: Connection, files: Files) -> set[tuple[str, str]]:
    """Run and reference of every one of these files that no record names."""
    found = {run_id: set(its) for run_id, its in files.items()}
    for run in connection.execute(select(runs.c.id, runs.c.artifacts)):
        found.get(run.id, set()).difference_update(run.artifacts.values())
    return {(run_id, reference) for run_id, its in found.items() for reference in its}


def are_too_many(without_name: int, files: Files) -> bool:
    """Whether so many of these files without a name are no accident, but a wrong database."""
    total = sum(map(len, files.values()))
    return without_name > max(UNNAMED_AT_MOST, PART_UNNAMED_AT_MOST * total)


def _first_id(engine: Engine, artifacts: Artifacts) -> str:
    """Choose the id of a database that has none: one of an older version, or a new one.

    Only files that this database names get it too. Others stay as they are: they are somebody's.
    """
    with alone(engine) as connection:
        if known := _known_id(connection):
            return known  # another process was faster
        mark = artifacts.mark()
        chosen = token_hex(16)
        if _belong_together(connection, artifacts):
            chosen = mark or chosen
            artifacts.set_mark(chosen)
        connection.execute(insert(identity).values(id=chosen))
    return chosen


def _belong_together(connection: Connection, artifacts: Artifacts) -> bool:
    """Whether the database names the files that are there, or there are none."""
    if artifacts.is_empty():
        return True
    files = artifacts.sizes()
    without_name = len(unnamed(connection, files))
    names_some = without_name < sum(map(len, files.values()))
    return names_some and not are_too_many(without_name, files)


def _known_id(connection: Connection) -> str | None:
    return connection.execute(select(identity.c.id)).scalar()
