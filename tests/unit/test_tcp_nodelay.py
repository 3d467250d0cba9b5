"""Whether what is sent to browsers leaves at once, on the port of a server like Streamlit's."""

import socket
import sys

import pytest

from server.tcp_nodelay import send_without_delay


@pytest.mark.skipif(not sys.platform.startswith(("linux", "darwin")), reason="no /dev/fd there")
def test_who_connects_is_answered_without_delay() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        send_without_delay()
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert not client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), (
                "only ports that are listened on are touched"
            )
