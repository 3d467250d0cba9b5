"""Streamlit's options of the theme are read once, and are the same."""

import pytest
from streamlit import config

from server.theme_options import read_theme_once


def test_the_theme_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = config.get_options_for_section

    def counted(section: str) -> dict[str, object]:
        asked.append(section)
        return read(section)

    monkeypatch.setattr(config, "get_options_for_section", counted)
    read_theme_once()
    for _ in range(3):
        assert config.get_options_for_section("theme") == read("theme")
        assert config.get_options_for_section("theme.dark") == read("theme.dark")
    assert (asked.count("theme"), asked.count("theme.dark")) == (1, 1)
