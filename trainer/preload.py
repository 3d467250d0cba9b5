"""What every Dask worker does first and last; trainer/dask.yaml names it as a worker's preload.

A worker joins its scheduler when TensorFlow is warm, and hands its runs over before it ends. One
that cannot train joins without the resource that runs need, so that it can say why, and tries on.
"""

import asyncio
import logging
import os
from typing import Any

from config.environment import config_from_environment
from model_store.store import close_shared_stores
from trainer.heartbeat import SECONDS_TO_DRAIN, drain
from trainer.worker import report, worker_health

NICENESS = 10
TRAINER = "trainer"
SECONDS_BETWEEN_QUESTIONS = 5.0

logger = logging.getLogger(__name__)

_trying: set[asyncio.Task[None]] = set()


async def dask_setup(worker: Any) -> None:
    """Warm up before the first run comes."""
    # Visitors are served first, trainings take what they leave. Threads to come inherit it.
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    worker_health.on_worn_out = lambda: worker.loop.add_callback(_take_no_more, worker)
    if await _is_warm():
        return
    resources = worker.state.total_resources
    offered = resources.get(TRAINER, 0)
    resources[TRAINER] = worker.state.available_resources[TRAINER] = 0
    task = asyncio.create_task(_try_again(worker, offered))
    _trying.add(task)
    task.add_done_callback(_trying.discard)


async def dask_teardown(_worker: Any) -> None:
    """Let every run save a checkpoint and go back in line."""
    if not await asyncio.to_thread(drain, SECONDS_TO_DRAIN):
        logger.warning("runs were not handed over in time: they go on from an older checkpoint")
    close_shared_stores()


async def _is_warm() -> bool:
    return bool((await asyncio.to_thread(report, config_from_environment())).device)


async def _try_again(worker: Any, offered: float) -> None:
    while not await _is_warm():
        await asyncio.sleep(SECONDS_BETWEEN_QUESTIONS)
    logger.info("the worker is warm now and takes runs")
    await worker.set_resources(**{TRAINER: offered})


async def _take_no_more(worker: Any) -> None:
    # Only the scheduler is told: what it has sent already is then handed back, not stuck here.
    address, nothing = worker.contact_address, {TRAINER: 0}
    await worker.scheduler.set_resources(resources=nothing, worker=address)
