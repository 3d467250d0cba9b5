"""What moves with the pen on Draw: the reader in the page, and the answer that it shows."""
