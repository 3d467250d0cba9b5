"""What the Learn page teaches: its arithmetic, figures and texts. No Streamlit, no storage."""
