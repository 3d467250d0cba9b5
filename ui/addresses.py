"""Where the pages lie, for those who link to them."""

from pathlib import Path

_PAGES = Path(__file__).resolve().parent.parent / "pages"


def page_file(name: str) -> str:
    """The file of a page, as `st.Page`, `st.page_link` and `st.switch_page` want it."""
    return str(_PAGES / f"{name}.py")
