"""The version of the program; CHANGELOG.md tells what is in it."""

VERSION = "1.0"
