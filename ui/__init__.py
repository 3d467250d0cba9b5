"""All shared code that touches Streamlit. Pages call it; it calls the trainer."""
