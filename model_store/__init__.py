"""What is kept: runs, their progress, their weights. Knows neither Keras nor Streamlit."""
