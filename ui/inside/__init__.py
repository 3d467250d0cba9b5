"""The Inside page: what a network gets wrong, and what it is made of."""
