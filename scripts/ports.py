"""Ports of this machine."""

import socket


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as caller:
        caller.settimeout(2)
        return caller.connect_ex(("127.0.0.1", port)) == 0
