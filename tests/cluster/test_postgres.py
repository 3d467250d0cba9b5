"""The store on a real PostgreSQL server, also when the server dies."""

import pytest

from model_store.store import open_store
from tests.cluster.postgres import Postgres

pytestmark = pytest.mark.cluster


def test_what_was_stored_is_there_after_a_crash(
    postgres: Postgres, postgres_url: str, tmp_path
) -> None:
    with open_store(postgres_url, str(tmp_path)) as store:
        run = store.runs.create("ann", {"epochs": 5}, "784-10")
        postgres.kill()
        postgres.start()
        assert store.runs.get(run.id) == run
