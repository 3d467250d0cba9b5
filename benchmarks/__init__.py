"""Measurements: each module prints what the README quotes, and writes it as JSON."""
