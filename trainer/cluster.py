"""Dask: the workers of this machine, or those of a cluster."""

import logging
import os

import dask
from distributed import Client, LocalCluster

# Runs that share a machine: more at once would only make each of them slower.
MOST_TRAINERS = 4
TRAINER = {"trainer": 1}
# Visitors are served first, trainings take what they leave.
POLITENESS = "import os; os.setpriority(os.PRIO_PROCESS, 0, 10)"
ALLOCATION = {
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
    "MALLOC_MMAP_THRESHOLD_": str(256 * 2**20),
}


def connect(scheduler: str | None) -> Client:
    """Connect to a scheduler, or start one with one worker process on this machine.

    A worker offers as many of the resource `trainer` as runs may share its device.

    Args:
        scheduler: address such as `tls://scheduler:8786`; None starts workers here.
    """
    if scheduler:
        return Client(scheduler)
    # Dask makes its workers give memory back at once, and then to ask for it again in every step,
    # which makes training take nearly twice as long.
    dask.config.set({"distributed.nanny.pre-spawn-environ": ALLOCATION})
    trainers = min(MOST_TRAINERS, os.cpu_count() or 1)
    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=trainers + 1,  # one for short questions while the others train
        processes=True,
        host="127.0.0.1",
        resources={"trainer": trainers},
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        preload=POLITENESS,
        silence_logs=logging.ERROR,
    )
    return Client(cluster)
