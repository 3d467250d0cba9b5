"""The picture of a network that reads: units, what they look for, and what they tell each other."""

from pathlib import Path

# For the component that the picture stands in; its modules are fetched by their address.
STYLE = (Path(__file__).parent / "network_picture.css").read_text()
