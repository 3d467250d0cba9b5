"""What carries a run out: the service that pages call, and the function that workers execute."""
