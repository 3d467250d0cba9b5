"""Many visitors, long times, and the way of a click: whole servers at work."""
