"""A cluster that is mended while it is drilled, as `make cluster` mends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from scripts.cluster import Cluster


@contextmanager
def supervised(cluster: Cluster) -> Iterator[Cluster]:
    """Start a cluster, start again what dies, and end it."""
    ended = Event()

    def mend() -> None:
        while not ended.wait(0.5):
            cluster.mend()

    supervisor = Thread(target=mend)
    try:
        cluster.start()
        supervisor.start()
        yield cluster
    finally:
        ended.set()
        if supervisor.ident:
            supervisor.join()
        cluster.close()
