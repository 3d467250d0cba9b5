"""What training with different settings leads to, and what is said of it."""
