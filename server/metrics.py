"""What operators measure: instruments that pages use, and figures taken when Prometheus asks."""

import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from streamlit import runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from model_store.records import Run, State
from model_store.store import Store
from trainer.run_settings import settings_of_weights

# A worker reports some four times a second; one that has not for so long is not training.
SECONDS_UNTIL_SILENT = 10
BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5)
SAME_EVERYWHERE = "From the store: every replica says the same, so take the maximum, not the sum."

disable_created_metrics()  # type: ignore[no-untyped-call]
_process = CollectorRegistry()
ProcessCollector(registry=_process)

draw_seconds = Histogram(
    "playground_draw_seconds",
    "Time in the web process from a stroke's arrival to the end of its reading, waiting included.",
    buckets=BUCKETS,
    registry=_process,
)
tick_seconds = Histogram(
    "playground_chart_tick_seconds",
    "Time in the web process for one update of a run's live charts.",
    buckets=BUCKETS,
    registry=_process,
)
page_errors = Counter(
    "playground_page_errors", "Page runs that ended in an error.", registry=_process
)


def process_figures() -> bytes:
    """Figures of this process and of the workers that it started, as Prometheus reads them."""
    return generate_latest(_process)


def store_figures(store: Store) -> bytes:
    """Figures of the runs, as Prometheus reads them."""
    active = store.runs.active()
    counts = store.runs.count_by_state()
    now = time.time()
    running = [run for run in active if run.state == State.RUNNING]
    # A run that was continued or recovered keeps its first date: its wait would seem endless.
    waits = [now - run.created_at for run in active if run.started_at is None]
    silences = [now - (run.reported_at or now) for run in running]
    figures = {
        "playground_queue_length": ("Runs that wait for a worker.", counts.get(State.QUEUED, 0)),
        "playground_queue_oldest_seconds": (
            "Seconds that the oldest run which has never started has waited.",
            max(waits, default=0),
        ),
        "playground_training_images_per_second": (
            "Images a second, all running runs together.",
            sum(map(_images_per_second, _talking(running, now))),
        ),
        "playground_training_silent_seconds": (
            "Seconds since a running run's last report, of the one silent for longest.",
            max(silences, default=0),
        ),
    }
    registry = CollectorRegistry()
    for name, (meaning, value) in figures.items():
        Gauge(name, f"{meaning} {SAME_EVERYWHERE}", registry=registry).set(value)
    by_state = Gauge(
        "playground_runs", f"Runs in each state. {SAME_EVERYWHERE}", ["state"], registry=registry
    )
    for state in State:
        by_state.labels(state).set(counts.get(state, 0))
    return generate_latest(registry)


def readiness_figures(is_ready: bool, store_answers: bool, housekeeping_stopped: bool) -> bytes:
    """Whether this replica is ready, reaches the store and looks after it, for Prometheus."""
    registry = CollectorRegistry()
    Gauge("playground_ready", "1 if /ready says yes.", registry=registry).set(is_ready)
    Gauge(
        "playground_store_up",
        "1 if the store answers; if 0, all that comes from it is left out.",
        registry=registry,
    ).set(store_answers)
    Gauge(
        "playground_housekeeping_stopped",
        "1 if files are not deleted, because they may not be this database's; the log says why.",
        registry=registry,
    ).set(housekeeping_stopped)
    return generate_latest(registry)


def _talking(running: list[Run], now: float) -> list[Run]:
    return [run for run in running if now - (run.reported_at or 0) < SECONDS_UNTIL_SILENT]


def _images_per_second(run: Run) -> float:
    return float(run.steps_per_second * settings_of_weights(run).batch_size)


def _sessions() -> float:
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])
    return sum(stat.value for stat in stats[ACTIVE_SESSIONS_FAMILY] if isinstance(stat, GaugeStat))


def _memory_of_workers() -> float:
    import psutil  # only here: a page needs it to be fast, not to be measured

    memory = 0
    for child in psutil.Process().children(recursive=True):
        try:
            memory += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # it has ended since it was listed
    return memory


Gauge(
    "playground_sessions", "Pages that are open and connected to this replica.", registry=_process
).set_function(_sessions)
Gauge(
    "playground_worker_memory_bytes",
    "Resident memory of the worker processes that this process started; 0 where it starts none.",
    registry=_process,
).set_function(_memory_of_workers)
