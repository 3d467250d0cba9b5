"""The network in the page: JavaScript that reads while the pen moves, and what it loads."""
