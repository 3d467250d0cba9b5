"""Streamlit reads its options of the theme once, instead of six times for every run of a script."""

from functools import cache

from streamlit import config


def read_theme_once() -> None:
    """From now on; options do not change while the server runs, and a stroke is a run, too."""
    config.get_options_for_section = cache(config.get_options_for_section)
