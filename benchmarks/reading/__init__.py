"""How well networks read what people draw."""
