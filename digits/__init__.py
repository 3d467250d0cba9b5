"""The subject: MNIST, the network, its training and its use. Pure Python, no Streamlit, no storage."""
