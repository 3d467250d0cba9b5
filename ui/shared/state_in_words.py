"""The state of a run in words, the same on every page."""

from functools import lru_cache

from digits.course import Course
from digits.settings import TrainingSettings
from digits.words import counted, duration, in_line, rounded
from model_store.records import FineTuning, FineTuningResult, Run, State
from server.resources import resources
from trainer.run_findings import findings_of
from trainer.run_settings import course_of
from ui.shared.state_icons import is_planned

SECONDS_OF_A_MOMENT = 2.0
MOST_LABELS = 12
OF_AN_EARLIER_VERSION = "taught by an earlier version of this program, which kept no figures of it"


def called(run: Run) -> str:
    """The state of a run as visitors read it: one that is planned was not paused by anybody."""
    return "planned" if is_planned(run) else run.state


def place_of(step: int, course: Course) -> str:
    """Which epoch a step ends, or lies in."""
    epochs = len(course.sizes)
    if step not in course.starts:
        return f"of step {step:,}, in epoch {course.place(step)[0] + 1} of {epochs}"
    return f"after epoch {course.starts.index(step)} of {epochs}"


def state_in_words(run: Run, settings: TrainingSettings) -> str:
    """The state of a run in one line."""
    return _words_of_fine_tuning(run) if run.fine_tuning else _in_words(run, settings)


def _in_words(run: Run, settings: TrainingSettings) -> str:
    """The state of the run in one line."""
    match run.state:
        case State.QUEUED:
            return _waiting(run)
        case State.RUNNING if not run.step:
            return f"looking at the untrained network, then off it goes{_to_go(run)}"
        case State.RUNNING:
            return f"{_position(run)}{_to_go(run)}{_seen_so_far(run)}"
        case State.PAUSED if run.planned_at:
            return "it starts when another run of yours has ended"
        case State.PAUSED if not run.step:
            return "not started yet · it can be put back in line"
        case State.PAUSED:
            return f"{_position(run)} · it can go on from here"
        case State.STOPPED if not run.step:
            return "ended before it started"
        case State.STOPPED if run.failure:
            return run.failure
        case State.STOPPED:
            return f"{_position(run)} · what it had learned by then is kept"
        case State.FAILED:
            return run.failure
        case State.FINISHED:
            return f"{_done(run, settings)}{_seen_so_far(run)}"


def _done(run: Run, settings: TrainingSettings) -> str:
    """How many epochs a run that finished has had, and which weights it kept if not the last."""
    done = f"{counted(settings.epochs, 'epoch')} in {duration(run.elapsed)}"
    kept = int((run.test or {}).get("best_epoch", 0))
    if not kept:
        return done
    ended = round(float(course_of(run).epochs_at(run.step)))
    early = f"ended early, after {ended} of " if ended < settings.epochs else ""
    return f"{early}{done}{f', with the weights of epoch {kept}' if kept < ended else ''}"


def _words_of_fine_tuning(run: Run) -> str:
    """The same of a run that is taught."""
    match run.state:
        case State.QUEUED:
            return _waiting(run)
        case State.RUNNING if not run.total_steps:
            return "mixing the named drawings with digits that it knows"
        case State.RUNNING if run.step < run.total_steps:
            position = f"lesson, step {run.step:,} of {run.total_steps:,}"
            return f"{position} · {away}" if (away := _away()) else position
        case State.RUNNING:
            return "looking whether it still knows all other digits"
        case State.FINISHED if isinstance(run.fine_tuning, FineTuningResult):
            return f"{fine_tuning_in_words(run.fine_tuning)} in {duration(run.elapsed)}"
        case State.FINISHED:
            return OF_AN_EARLIER_VERSION
        case State.PAUSED | State.STOPPED | State.FAILED:
            return run.failure or "the lesson ended before anything was learned"


def fine_tuning_in_words(given: FineTuning) -> str:
    """What was taught, or that it is still to be."""
    if not isinstance(given, FineTuningResult):
        return "a lesson that was not given yet"
    labels = ", ".join(map(str, given.labels[:MOST_LABELS]))
    more = ", …" if len(given.labels) > MOST_LABELS else ""
    return f"taught {counted(given.drawings, 'drawing')}{f' ({labels}{more})' if labels else ''}"


def _to_go(run: Run) -> str:
    left = resources().service.seconds_left(run)
    to_go = f"about {rounded(left)} to go" if left is not None else ""
    said = _away() or to_go
    return f" · {said}" if said else ""


def _away() -> str:
    """What there is to say while the workers are away."""
    readiness = resources().service.readiness
    return "" if readiness.is_ready else f"{readiness.line} The run goes on by itself."


def _seen_so_far(run: Run) -> str:
    """What there is to be seen of its learning in two or three words; all is said at the end."""
    epoch = int(course_of(run).epochs_at(run.step))
    name = epoch and _gravest_finding(run.id, epoch, run.state, len(run.changes))
    return f" · {name}" if name else ""


@lru_cache(maxsize=256)
def _gravest_finding(run_id: str, epoch: int, _state: State, _changes: int) -> str:
    """What is found after an epoch or a change, and at the end: once, however many watch."""
    store = resources().store
    run = store.runs.get(run_id)
    findings = findings_of(run, store.progress.epochs(run_id)[:epoch]) if run else []
    return findings[0].rule if findings else ""


def _waiting(run: Run) -> str:
    service = resources().service
    if not service.readiness.is_ready:
        return f"{service.readiness.line} The run starts by itself."
    ahead, seconds = service.queue_estimate(run.visitor, run.id)
    if not ahead and seconds is not None and seconds < SECONDS_OF_A_MOMENT:
        return "next in line, starting in a moment"
    place = f"{in_line(ahead)} ahead of it" if ahead else "next in line"
    start = "" if seconds is None else f", starting in about {rounded(seconds)}"
    return place + start


def _position(run: Run) -> str:
    # One that rests at the end of an epoch has not begun the next.
    taken = run.step if run.is_active else run.step - 1
    course = course_of(run)
    epoch = course.place(taken)[0] + 1
    return f"epoch {epoch} of {len(course.sizes)}, step {run.step:,} of {run.total_steps:,}"
