"""The words of the field, explained on the page where they stand."""

import streamlit as st

from lesson.glossary import GLOSSARY


def explain(*terms: str) -> None:
    """Offer what these words mean, folded.

    Args:
        terms: of the glossary, in the order in which one meets them.

    Raises:
        KeyError: there is no such word.
    """
    label = f"In plain words: {', '.join(terms)}"
    with st.container(key="glossary"), st.expander(label, icon=":material/menu_book:"):
        show_terms(terms)


def show_terms(terms: tuple[str, ...] = tuple(GLOSSARY)) -> None:
    """The words and what they mean, one line each; by default all of them."""
    st.markdown("\n".join(f"- **{term}**: {GLOSSARY[term]}" for term in terms))
