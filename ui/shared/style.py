"""The style sheet of all pages, which stands in their head (`server/page_head.py`); the mark."""

from pathlib import Path
from urllib.parse import quote

from server.page_head import StyleSheet

_HERE = Path(__file__).parent
# A drawn seven; as an address of its own content, so that it is there with the page.
MARK = f"data:image/svg+xml,{quote((_HERE / 'mark.svg').read_text().strip())}"
# First what is the same on all pages, then what single pages need.
_FILES = ("look.css", "style.css", "active_runs.css", "run.css", "kept_places.css")
STYLE = StyleSheet("".join((_HERE / name).read_text() for name in _FILES).replace("mark.svg", MARK))
