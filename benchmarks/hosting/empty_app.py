"""The least that a Streamlit app with a button can be: `page_start` and `clicks` measure it too."""

import streamlit as st

st.set_page_config(layout="wide")

if st.button("Train", key="train"):
    st.session_state.presses = st.session_state.get("presses", 0) + 1
st.markdown(f"Pressed {st.session_state.get('presses', 0)} times.")
