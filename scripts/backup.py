"""Copy the store while it is in use: `python -m scripts.backup FOLDER`.

FOLDER can then be used as DATA_FOLDER. What is copied is what DATABASE_URL and ARTIFACTS_URL name,
or what lies in DATA_FOLDER. This is for SQLite and a folder of this machine; of PostgreSQL, buckets
and the like it copies nothing, and says what to use instead.
"""

import argparse
import os
import shlex
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import URL, make_url

from config.environment import Config, config_from_environment, data_folder, variable
from model_store.artifacts import MARK

DATABASE = "playground.db"


class CannotBackUp(RuntimeError):
    """The store is of a kind that other tools copy; the message names them."""


def back_up(config: Config, folder: Path) -> None:
    """Copy database and files into a new folder.

    Args:
        config: of the store, which may be in use.
        folder: must not exist yet.

    Raises:
        FileExistsError: it does.
        FileNotFoundError: there is no such store on this machine.
        CannotBackUp: other tools are for this store.
    """
    database, artifacts = database_file(config.database_url), artifacts_folder(config.artifacts_url)
    for kind, path in (("database", database), ("folder of files", artifacts)):
        if not path.exists():
            raise FileNotFoundError(f"expected the {kind} {path}, found none")
    folder.mkdir(parents=True)
    # A file is there before the database names it, and may be deleted once it names another. What
    # it names at the moment of its copy was therefore there before that moment or is there after.
    _copy_new(artifacts, folder / "artifacts")
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as target,
    ):
        source.backup(target)
        _begin_anew(target)
    _copy_new(artifacts, folder / "artifacts")
    if (data_folder() / "cookie_secret").exists():
        shutil.copy2(data_folder() / "cookie_secret", folder)


def database_file(database_url: str) -> Path:
    """The file of an SQLite database.

    Raises:
        CannotBackUp: it is a database of another kind.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database and "uri" not in url.query:
        return Path(url.database)
    raise CannotBackUp(
        f"DATABASE_URL names {url.render_as_string()}, which this program cannot copy; nothing was "
        f"copied. {_tool_for(url)} Copy the files before it and once more after it: see Backup and "
        "restore in docs/operations.md."
    )


def _tool_for(url: URL) -> str:
    if url.get_backend_name() != "postgresql":
        return "Use the tool that comes with it."
    # The address as PostgreSQL's own programs read it; who backs up knows the password.
    named = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    address = named.render_as_string()
    return (
        "Use: pg_dump --format=custom --exclude-table-data=unnamed_files "
        f"--file=playground.dump {shlex.quote(address)}."
    )


def artifacts_folder(artifacts_url: str) -> Path:
    """The folder of the files.

    Raises:
        CannotBackUp: they are elsewhere.
    """
    files, root = fsspec.core.url_to_fs(artifacts_url)
    if isinstance(files, LocalFileSystem):
        return Path(root)
    raise CannotBackUp(
        f"ARTIFACTS_URL names {artifacts_url}, which this program cannot copy; nothing was copied. "
        "Use rclone copy, or for s3:// aws s3 sync without --delete, before the copy of the "
        f"database and once more after it; the file {MARK} has to come along. See Backup and "
        "restore in docs/operations.md."
    )


def _begin_anew(database: sqlite3.Connection) -> None:
    """Forget in a copy which files were seen without a name: much may have changed by then."""
    with database:
        if database.execute("select 1 from sqlite_master where name = 'unnamed_files'").fetchone():
            database.execute("delete from unnamed_files")


def _copy_new(source: Path, target: Path) -> None:
    for parent, _, names in os.walk(source):
        there = target / Path(parent).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in names:
            is_whole = not name.endswith(".part")
            if is_whole and not (there / name).exists():
                with suppress(FileNotFoundError):  # deleted since it was listed
                    shutil.copy2(Path(parent) / name, there)


def main() -> None:
    """Back the store of this environment up, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="to be made; must not exist yet")
    folder = parser.parse_args().folder
    try:
        back_up(config_from_environment(), folder)
    except (CannotBackUp, FileNotFoundError, FileExistsError) as error:
        sys.exit(str(error))
    print(f"The store is copied. To restore it: DATA_FOLDER={folder.resolve()}")
    for name in filter(variable, ("DATABASE_URL", "ARTIFACTS_URL")):
        print(f"  and leave {name} unset, or put its part where {name} says")
    if variable("COOKIE_SECRET"):
        print("  and keep COOKIE_SECRET as it is; it is in no copy")


if __name__ == "__main__":
    main()
