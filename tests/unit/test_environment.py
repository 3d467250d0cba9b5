"""What operators set: read from one table, which the documentation shows as it is."""

import os
import re
from collections.abc import Callable

import pytest

from config.environment import (
    DATA_FOLDER,
    PROGRAM_FOLDER,
    VARIABLES,
    Config,
    config_from_environment,
    retention_from_environment,
    source_address,
    unset_if_empty,
    variable,
)
from config.version import VERSION
from model_store.limits import Retention
from scripts.document_variables import DOCUMENT, table
from tests.unit.test_architecture import ROOMS


def everything() -> tuple[Config, Retention, dict[str, str]]:
    values = {name: variable(name) for name in VARIABLES}
    return config_from_environment(), retention_from_environment(), values


def test_the_document_shows_the_table() -> None:
    assert table() in DOCUMENT.read_text(), "it drifted: python -m scripts.document_variables"


def test_each_variable_of_the_table_is_read_and_no_other() -> None:
    sources = [PROGRAM_FOLDER / "app.py"]
    for room in ROOMS:
        sources += (PROGRAM_FOLDER / room).rglob("*.py")
    program = "".join(source.read_text() for source in sources)
    readers = r"(?:variable|_whole_number|_positive_number|unset_if_empty)"
    assert set(re.findall(rf'\b{readers}\("(\w+)"', program)) == set(VARIABLES)
    with pytest.raises(KeyError):
        variable("THAT_NOBODY_NAMED")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    unset = everything()
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert everything() == unset
    assert unset[0].artifacts_url == str(DATA_FOLDER / "artifacts")


def test_libraries_see_no_empty_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_A_LIBRARY", "")
    monkeypatch.setenv("OF_ANOTHER", "something")
    unset_if_empty("OF_A_LIBRARY", "OF_ANOTHER", "THAT_NOBODY_SETS")
    assert "OF_A_LIBRARY" not in os.environ
    assert os.environ["OF_ANOTHER"] == "something"


def test_the_app_starts_with_empty_variables_of_logs_and_at_the_door(
    monkeypatch: pytest.MonkeyPatch, printed_by: Callable[[str], str]
) -> None:
    for name in ("LOG_LEVEL", "LOG_FORMAT", "ALLOWED_HOSTS", "FRAME_ANCESTORS"):
        monkeypatch.setenv(name, "")
    program = """
import logging
from config.logs import configure_logs
from server.security import SecurityHeaders, allowed_hosts
configure_logs()
print(logging.getLogger("trainer").level, allowed_hosts())
print(SecurityHeaders(None)._headers["X-Frame-Options"])
"""
    assert printed_by(program).splitlines()[-2:] == ["20 ['*']", "SAMEORIGIN"]


@pytest.mark.parametrize("url", [".", "./", "..", "/", "{program}", "file://{program}", "{link}"])
def test_the_folder_of_the_program_keeps_no_files(url: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "link").symlink_to(PROGRAM_FOLDER)
    named = url.format(program=PROGRAM_FOLDER, link=tmp_path / "link")
    monkeypatch.setenv("ARTIFACTS_URL", named)
    with pytest.raises(ValueError, match="ARTIFACTS_URL has to name a folder for these files"):
        config_from_environment()


@pytest.mark.parametrize("url", ["data/artifacts", "s3://bucket/runs", "memory://x", "/srv/a"])
def test_other_places_do(url: str, monkeypatch) -> None:
    monkeypatch.setenv("ARTIFACTS_URL", url)
    assert config_from_environment().artifacts_url == url


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a b", "https://a)[x](b", "x"])
def test_a_source_that_is_no_web_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SOURCE_URL", address)
    with pytest.raises(ValueError, match="SOURCE_URL has to begin with https://"):
        source_address()


def test_the_changelog_begins_with_the_version() -> None:
    first = re.search(r"^## (.*)$", (PROGRAM_FOLDER / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first
    assert first[1].split(",")[0] == VERSION
