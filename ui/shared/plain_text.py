"""Text that visitors wrote, shown as they wrote it and not as Markdown."""

import re

_MEANING_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+<>|~$@&^]|:(?=\S))")
_ALIVE = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """Text for `st.markdown` and its like that will be shown as it is, in one line.

    Escaping alone is not enough: Streamlit looks for links, :icons: and :emojis: once more in what
    Markdown has made of it. An invisible character keeps them apart.
    """
    escaped = _MEANING_SOMETHING.sub(r"\\\1", " ".join(text.split()))
    return _ALIVE.sub(_WORD_JOINER, escaped)
