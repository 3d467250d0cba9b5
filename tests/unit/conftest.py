"""A store of each kind that there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.environment import Config
from model_store.store import Store, open_store


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config(database_url, str(tmp_path / "artifacts"), tmp_path, None)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with open_store(config.database_url, config.artifacts_url) as store:
        yield store
