"""Copy the store while it is in use: `python -m scripts.backup FOLDER`.

FOLDER can then be used as DATA_FOLDER. This is for stores that lie in this machine's DATA_FOLDER;
for others docs/operations.md names the tools.
"""

import argparse
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from trainer.place import Place, place_from_environment

DATABASE = "playground.db"


def back_up(place: Place, folder: Path) -> None:
    """Copy database and files into a new folder.

    Args:
        place: of the store, which may be in use.
        folder: must not exist yet.

    Raises:
        FileExistsError: it does.
        FileNotFoundError: there is no such store on this machine.
    """
    data = place.mnist_folder.parent
    if not (data / DATABASE).exists():
        raise FileNotFoundError(f"expected the database {data / DATABASE}, found none")
    folder.mkdir(parents=True)
    # A file is there before the database names it, and may be deleted once it names another. What
    # it names at the moment of its copy was therefore there before that moment or is there after.
    _copy_new(data / "artifacts", folder / "artifacts")
    with (
        closing(sqlite3.connect(data / DATABASE)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as target,
    ):
        source.backup(target)
    _copy_new(data / "artifacts", folder / "artifacts")
    if (data / "cookie_secret").exists():
        shutil.copy2(data / "cookie_secret", folder)


def _copy_new(source: Path, target: Path) -> None:
    for place, _, names in os.walk(source):
        there = target / Path(place).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in names:
            is_whole = not name.endswith(".part")
            if is_whole and not (there / name).exists():
                with suppress(FileNotFoundError):  # deleted since it was listed
                    shutil.copy2(Path(place) / name, there)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    back_up(place_from_environment(), parser.parse_args().folder)
