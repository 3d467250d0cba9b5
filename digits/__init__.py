"""The subject: MNIST, the network, its training and its use. No Streamlit, no storage."""
