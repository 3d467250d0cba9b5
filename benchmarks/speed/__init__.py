"""How fast a network trains, beside other programs."""
