"""Say so if the port that the app is to listen on is taken: `python scripts/check_port.py 8501`."""

import socket
import sys

HIGHEST = 65535


def is_free(port: int) -> bool:
    """Return whether a server may listen on a port of this machine."""
    with socket.socket() as listener:
        # As servers do: connections that have just ended do not count as taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True


def complaint(text: str) -> str | None:
    """Return what is wrong with a port, and what to do; None if it can be used."""
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST:
        return (
            f"A port is a number from 1 to {HIGHEST}, but PORT is {text!r}. Try: make run PORT=8502"
        )
    port = int(text)
    if is_free(port):
        return None
    nearby = next(filter(is_free, range(port + 1, HIGHEST + 1)), 8501)
    return f"Port {port} is taken or not allowed. Choose another one: make run PORT={nearby}"


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1]))
