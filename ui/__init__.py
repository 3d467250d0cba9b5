"""The website: which pages there are, and what is opened before the first one."""
