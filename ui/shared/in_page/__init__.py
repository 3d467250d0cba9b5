"""A network in the visitor's browser: JavaScript that prepares and reads, and its weights."""
