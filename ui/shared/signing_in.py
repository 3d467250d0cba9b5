"""Signing in through Streamlit's own OpenID Connect; nothing to see where it is not set up."""

import streamlit as st


def show_signing_in() -> None:
    """A button to sign in, or out, if there is an `[auth]` section in `secrets.toml`."""
    if "is_logged_in" not in st.user:
        return
    with st.container(horizontal=True, horizontal_alignment="right", key="signing_in"):
        if st.user.is_logged_in:
            st.button("Sign out", key="sign_out", type="tertiary", on_click=st.logout)
        else:
            st.button(
                "Sign in",
                key="sign_in",
                type="tertiary",
                on_click=st.login,
                help="Your networks are then with you in every browser.",
            )
