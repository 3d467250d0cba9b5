"""The navigation on top, what all pages share, and the page that the visitor has asked for."""

import streamlit as st

from server.addresses import page_file
from ui.active_runs import show_active_runs
from ui.footer import show_footer
from ui.pages import PAGES, PageRow
from ui.shared.address_bar import keep_history_short
from ui.shared.session import touch_visitor, wanted_run
from ui.shared.signing_in import show_signing_in
from ui.tour import offer_tour


def show_page() -> None:
    """Show the page that the address names."""
    pages = [_page(row) for row in PAGES]
    current = st.navigation(pages, position="hidden")
    row = PAGES[pages.index(current)]
    st.set_page_config(page_title=f"{row.title} · Digit Playground")
    if st.session_state.get("page_in_view") != row.name:
        st.session_state.page_in_view = row.name
        st.session_state.pop("results_first", None)  # whoever comes back to a run wants to see it
    keep_history_short()
    _show_menu(pages)
    offer_tour(row.name, row.title)
    touch_visitor()
    show_signing_in()
    show_active_runs(wanted_run() if current == pages[0] else "")
    current.run()
    show_footer()


def _show_menu(pages: list[st.Page]) -> None:
    """The pages by name, on a phone too, where Streamlit's own menu hides behind two arrows."""
    with st.container(key="menu", horizontal=True):
        with st.container(key="name"):
            st.page_link(pages[0], label="Digit Playground", icon=None)
        for page in pages:
            st.page_link(page)


def _page(row: PageRow) -> st.Page:
    return st.Page(
        page_file(row.name),
        title=row.title,
        icon=f":material/{row.icon}:",
        url_path=row.url_path or None,
        default=not row.url_path,
    )
