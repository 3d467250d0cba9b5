"""Python code in the lesson.

Streamlit's own `st.code` brings half a megabyte of highlighter, which holds a browser for a fifth
of a second while the page opens. Here Pygments colours the code on the server.
"""

import streamlit as st
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer


def show_code(source: str, title: str) -> None:
    """Show Python code, with a button that copies it (`start.js`).

    Args:
        source: the code.
        title: what a screen reader says it is; no two on the page are the same.
    """
    coloured = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    st.html(
        f'<div class="lesson-code"><pre tabindex="0" role="region" aria-label="{title}">'
        f'<code>{coloured}</code></pre><button class="lesson-copy">Copy</button></div>'
    )
