"""What every Dask worker does first and last; trainer/dask.yaml names it as a worker's preload.

A worker joins its scheduler only when TensorFlow is warm, and hands its runs over before it ends.
"""

import asyncio
import logging
import os
from typing import Any

from trainer.place import place_from_environment
from trainer.worker import hand_over, warm_up

# Dask kills a worker process of its own after 4 seconds.
SECONDS_TO_HAND_OVER = 3.5
POLITENESS = 10

logger = logging.getLogger(__name__)


async def dask_setup(_worker: Any) -> None:
    """Warm up before the first run comes."""
    # Visitors are served first, trainings take what they leave. Threads to come inherit it.
    os.setpriority(os.PRIO_PROCESS, 0, POLITENESS)
    try:
        await asyncio.to_thread(warm_up, place_from_environment())
    except Exception:
        # The service asks for the same again, and tells visitors what is missing.
        logger.exception("the worker could not be warmed up")


async def dask_teardown(_worker: Any) -> None:
    """Let every run save a checkpoint and go back in line."""
    if not await asyncio.to_thread(hand_over, SECONDS_TO_HAND_OVER):
        logger.warning("runs were not handed over in time: they go on from an older checkpoint")
