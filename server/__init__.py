"""What stands in front of Streamlit and beside it. Knows no page."""
