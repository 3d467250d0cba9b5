"""Files that belong to runs: weights and exported models, in a folder or any fsspec store."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import PurePosixPath
from secrets import token_hex
from typing import IO

import fsspec
from fsspec.implementations.local import LocalFileSystem

BYTES_A_BLOCK = 2**18
# The file that says whose files these are: model_store/identity.py.
MARK = "store-id"
# What `save` makes, finished or not. Nothing else is ever listed or deleted: it is not the store's.
_OWN = re.compile(r"([\w-]{1,32})/(\w[\w.-]*-[0-9a-f]{32}\.\w+(?:\.[0-9a-f]{8}\.part)?)", re.ASCII)

# Bytes of each file, by its run and its reference.
Files = dict[str, dict[str, int]]


class ArtifactMissing(RuntimeError):
    """The file is not there any more, or is not what was saved."""

    @classmethod
    def gone(cls) -> "ArtifactMissing":
        """Somebody has deleted the file."""
        return cls(
            "The file with this network's weights is gone from the store. "
            "Train it again; its settings are still here."
        )

    @classmethod
    def damaged(cls) -> "ArtifactMissing":
        """The file has another checksum than its name says."""
        return cls(
            "The file with this network's weights is damaged: it is not what was saved. "
            "Train it again; its settings are still here."
        )


class Artifacts:
    """Saves files and reads them back, checking that they are what was saved.

    Args:
        url: a folder, or any URL that fsspec knows, such as `s3://bucket/runs`.

    Raises:
        ValueError: `url` is empty, which fsspec would take for the working folder.
    """

    def __init__(self, url: str) -> None:
        if not url:
            raise ValueError("expected a folder or a URL for the files, found an empty one")
        # Other processes save and delete as well: a kept listing would soon be wrong.
        self._files, self._root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self._is_local = isinstance(self._files, LocalFileSystem)

    def save(self, run_id: str, name: str, content: bytes) -> str:
        """Keep a file.

        Its checksum is part of its name: an older file of the same name stays whole until the
        run's record names the new one, whatever happens in between.

        Returns:
            The reference to read it by.
        """
        path = PurePosixPath(name)
        reference = f"{path.stem}-{_checksum(content)}{path.suffix}"
        self._write_whole(self._path(run_id), reference, content)
        return reference

    def load(self, run_id: str, reference: str) -> bytes:
        """Read a file that was saved.

        Raises:
            ArtifactMissing: it is gone or damaged.
        """
        try:
            content: bytes = self._files.cat_file(self._path(run_id, reference))
        except FileNotFoundError as error:
            raise ArtifactMissing.gone() from error
        if _checksum(content) != named_checksum(reference):
            raise ArtifactMissing.damaged()
        return content

    def verify(self, run_id: str, reference: str) -> int:
        """Read a file through, never holding all of it, to see that it is what was saved.

        Returns:
            Its size in bytes.

        Raises:
            ArtifactMissing: it is gone or damaged.
        """
        size, digest = 0, hashlib.sha256()
        try:
            for block in self.blocks(run_id, reference):
                size += len(block)
                digest.update(block)
        except FileNotFoundError as error:
            raise ArtifactMissing.gone() from error
        if _shortened(digest) != named_checksum(reference):
            raise ArtifactMissing.damaged()
        return size

    def open(self, run_id: str, reference: str) -> IO[bytes]:
        """Open a file to read parts of it; to be closed by the caller."""
        file: IO[bytes] = self._files.open(self._path(run_id, reference), "rb")
        return file

    def blocks(self, run_id: str, reference: str) -> Iterator[bytes]:
        """A file as it is, block by block; `verify` tells whether that is what was saved."""
        with self.open(run_id, reference) as file:
            while block := file.read(BYTES_A_BLOCK):
                yield block

    def delete(self, run_id: str, *, keep: frozenset[str] = frozenset()) -> None:
        """Delete the files of a run, all but those to keep; others may be at it as well."""
        folder = self._path(run_id)
        with suppress(FileNotFoundError):
            for path in self._files.ls(folder, detail=False):
                name = PurePosixPath(path).name
                if name not in keep and _OWN.fullmatch(f"{run_id}/{name}"):
                    with suppress(FileNotFoundError):
                        self._files.rm_file(path)
        self._remove_if_empty(folder)

    def sizes(self) -> Files:
        """Bytes of every file that `save` has made, by its run and its reference."""
        found: Files = {}
        for path, details in self._files.find(self._root, detail=True).items():
            own = _OWN.fullmatch(path.removeprefix(self._root).strip("/"))
            if own:
                found.setdefault(own[1], {})[own[2]] = int(details["size"])
        return found

    def is_empty(self) -> bool:
        """Whether there is no file at all, whoever may have made it."""
        return not self._files.find(self._root)

    def mark(self) -> str | None:
        """The id that these files carry; None if they carry none."""
        try:
            content: bytes = self._files.cat_file(self._path(MARK))
        except FileNotFoundError:
            return None
        return content.decode(errors="replace").strip()

    def set_mark(self, store_id: str) -> None:
        """Let these files carry an id."""
        self._write_whole(self._root, MARK, store_id.encode())

    def delete_older(self, run_id: str, reference: str, than: datetime) -> bool:
        """Delete a file that was last written before `than`; False if it was not."""
        path = self._path(run_id, reference)
        try:
            if self._files.modified(path) >= than:
                return False
            self._files.rm_file(path)
        except FileNotFoundError:
            return False  # somebody else has done it
        self._remove_if_empty(self._path(run_id))
        return True

    def _remove_if_empty(self, folder: str) -> None:
        with suppress(OSError):  # it is not empty, it is gone, or this store has no folders
            self._files.rmdir(folder)

    def _write_whole(self, folder: str, name: str, content: bytes) -> None:
        """Write a file that appears whole or not at all."""
        target = f"{folder}/{name}"
        unfinished = f"{target}.{token_hex(4)}.part"
        self._files.makedirs(folder, exist_ok=True)
        try:
            self._write(unfinished, content)
            self._files.mv(unfinished, target)
        except OSError:
            if self._files.exists(unfinished):
                self._files.rm_file(unfinished)
            raise
        if self._is_local:
            _sync_folder(folder)

    def _write(self, path: str, content: bytes) -> None:
        if not self._is_local:
            self._files.pipe_file(path, content)
            return
        with open(path, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _path(self, *parts: str) -> str:
        return "/".join([self._root, *parts])


def _sync_folder(path: str) -> None:
    """Have the names of a folder's files on the disk, so that a loss of power takes none away."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _checksum(content: bytes) -> str:
    return _shortened(hashlib.sha256(content))


def _shortened(digest: "hashlib._Hash") -> str:
    return digest.hexdigest()[:32]


def named_checksum(reference: str) -> str:
    """The checksum that the reference of a saved file holds."""
    return PurePosixPath(reference).stem.rpartition("-")[2]
