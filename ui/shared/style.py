"""The style sheet of all pages, which stands in their head (`server/page_head.py`)."""

from pathlib import Path

from server.page_head import StyleSheet

STYLE = StyleSheet((Path(__file__).parent / "style.css").read_text())
