"""A step of a run in slow motion: look, measure, blame and move, one after the other.

The numbers are those of the run's own step, kept by its worker (`trainer/slow_motion.py`).
"""

from pathlib import Path
from typing import Any

import streamlit as st

from digits.changes import settings_at
from digits.settings import TrainingSettings
from digits.settings_in_words import objective_in_words
from digits.words import a_digit, counted, plain_number
from model_store.records import Run, State
from server.resources import resources
from trainer.run_settings import changes_of
from trainer.slow_motion import record_of
from ui.shared.javascript_modules import module_address
from ui.train.run_controls import forget_asked, is_awaited, offer_next_slow_step, was_asked

STAGES = ("Look", "Measure", "Blame", "Move")
NO_NUMBER = "no number any more"

_HERE = Path(__file__).parent
_stages = st.components.v2.component(
    "digit_playground_slow_motion",
    html='<section class="slow-motion" aria-label="Slow motion"></section>',
    css=(_HERE / "slow_motion.css").read_text(),
    js=(_HERE / "slow_motion.js").read_text(),
    isolate_styles=False,
)


def last_record(run: Run) -> dict[str, Any] | None:
    """What a run at rest has kept of its last step in slow motion."""
    return None if run.is_active else record_of(run, resources().store)


def show_slow_motion(run: Run, settings: TrainingSettings, record: dict[str, Any] | None) -> None:
    """Show the step that a run at rest has taken in slow motion, or that it is about to.

    Args:
        run: the one in view.
        settings: those that it began with.
        record: its `last_record`.
    """
    # Always there: the curves below it would be mounted anew.
    with st.container(key="slow_motion"):
        if is_awaited(run):
            waiting = {"title": "Slow motion", "waiting": _waiting(run)}
            _show({"id": f"{run.id} awaited", "layers": _layers(settings), **waiting})
            offer_next_slow_step(run)  # idle, so that nothing moves when the step is there
            return
        if record and record["step"] == run.step:
            forget_asked()
            _show(as_data(run, settings, record))
            offer_next_slow_step(run)
        elif was_asked(run) and not run.is_active:
            st.caption("The run came to rest before it could take a step in slow motion.")


def show_earlier(run: Run, settings: TrainingSettings, record: dict[str, Any] | None) -> None:
    """Offer, folded, the last step in slow motion of a run that has gone on since."""
    if record is None or record["step"] == run.step:  # which stands above
        return
    title = f"Step {record['step']:,} in slow motion"
    with st.expander(title, icon=":material/slow_motion_video:"):
        _show(as_data(run, settings, record))


def as_data(run: Run, settings: TrainingSettings, record: dict[str, Any]) -> dict[str, Any]:
    """A record as `slow_motion_stages.js` takes it, with what is said of each stage."""
    now = settings_at(record["step"] - 1, settings, changes_of(run))
    stages = (
        _look(now, record),
        _measure(settings, record),
        _blame(settings, record),
        _move(now, record),
    )
    return {
        "id": f"{run.id} {record['step']}",
        "title": f"Step {record['step']:,} in slow motion",
        "waiting": "",
        "layers": _layers(settings),
        "stages": [{"name": name, **stage} for name, stage in zip(STAGES, stages, strict=True)],
    }


def _show(data: dict[str, Any]) -> None:
    data.setdefault("stages", [{"name": name} for name in STAGES])
    data["module"] = module_address("train/slow_motion_stages.js")
    _stages(data=data, key="slow_motion_stages")


def _waiting(run: Run) -> str:
    if run.state == State.QUEUED:
        return "It is in line for its next step, which is taken in slow motion."
    return "It is about to take its next step in slow motion."


def _look(settings: TrainingSettings, record: dict[str, Any]) -> dict[str, Any]:
    batch, first = record["batch"], record["first"]
    some = (
        f" Here are {len(first['labels'])}, each with what it reads."
        if batch > len(first["labels"])
        else ""
    )
    notes = []
    if settings.dropout:
        notes.append(f"Dropout: {settings.dropout:.0%} of the hidden units sit out this step.")
    if settings.augment:
        notes.append("Augmentation: the images are turned, shifted and bent, as they are learned.")
    return {
        "sentence": f"The {counted(batch, 'image')} of the next batch go through the network, "
        f"which reads {record['right'][0]:,} of them right.{some}"
        if batch > 1
        else "The image of the next batch goes through the network, which reads it "
        f"{'right' if record['right'][0] else 'wrong'}.",
        "images": _images(first, [_reading(*pair) for pair in _pairs(first)]),
        "note": " ".join(notes),
    }


def _measure(settings: TrainingSettings, record: dict[str, Any]) -> dict[str, Any]:
    dearest = record["costliest"]
    words = [
        f"cost {_number(cost, 2)}: {a_digit(label)}, read as {a_digit(answer)}"
        for cost, (label, answer) in zip(dearest["costs"], _pairs(dearest), strict=True)
    ]
    note = objective_in_words(settings)
    if record["made_smaller"] != record["loss"]:
        made_smaller = _number(record["made_smaller"][0])
        note += f" What this run makes smaller, all told, is {made_smaller} for this batch."
    return {
        "sentence": "Each image costs the more, the less the network believed in its right digit; "
        "the mean of all is the loss. These cost most.",
        "numbers": [{"name": "Loss of this batch", "before": _number(record["loss"][0])}],
        "images": _images(dearest, words),
        "note": note.strip(),
    }


def _blame(settings: TrainingSettings, record: dict[str, Any]) -> dict[str, Any]:
    layers = record["layers"]
    names = _names(settings)
    slopes = [layer["slope"] for layer in layers]
    if not any(slopes):
        sentence = "Going back from the loss, no weight has a slope: nothing says what to change."
    else:
        sentence = (
            "Going back from the loss through the layers, the slopes say how much each weight "
            "is to blame, and which way it should go."
        )
    no_hidden = not settings.hidden_layers
    units = [f"score of {unit}" if no_hidden else f"unit {unit + 1}" for unit in record["units"]]
    return {
        "sentence": sentence,
        "barsTitle": "Size of a layer's slopes together, from the last layer back to the first",
        "bars": _bars(names, slopes, [_number(slope) for slope in slopes])[::-1],
        "units": {
            "asked": record["asked"],
            "words": units,
            "title": "Weights from the pixels that are asked to change most: "
            "blue to grow, orange to shrink",
        },
        "note": "",
    }


def _move(settings: TrainingSettings, record: dict[str, Any]) -> dict[str, Any]:
    before, after = record["loss"]
    layers = record["layers"]
    rate = plain_number(float(f"{record['learning_rate']:.2g}"))
    shares = [
        layer["moved"] / layer["size"] if layer["moved"] is not None and layer["size"] else None
        for layer in layers
    ]
    said = [
        "from 0" if layer["size"] == 0 else _percent(share)
        for layer, share in zip(layers, shares, strict=True)
    ]
    return {
        "sentence": f"The optimizer, {settings.optimizer}, makes a small change of all weights out "
        f"of the slopes; {_outcome(before, after)}.",
        "numbers": [
            {"name": "Loss of the same batch", "before": _number(before), "after": _number(after)},
            {
                "name": f"Read right, of {record['batch']:,}",
                "before": f"{record['right'][0]:,}",
                "after": f"{record['right'][1]:,}",
            },
        ],
        "barsTitle": "How far each layer moved, as a share of its weights' size",
        "bars": _bars(_names(settings), shares, said),
        "note": f"Learning rate in this step: {rate}.",
    }


def _outcome(before: float | None, after: float | None) -> str:
    if after is None:
        return "it went so far that the loss is no number any more"
    if before is None or after > before:
        return "for this batch it went wrong, its loss is larger than before"
    if after == before:
        return "for this batch that changed nothing"
    return "the same batch costs less than before"


def _layers(settings: TrainingSettings) -> int:
    """How many bars there are, for which the panel keeps room."""
    return len(settings.hidden_layers) + 1


def _names(settings: TrainingSettings) -> list[str]:
    hidden = [f"hidden layer {number + 1}" for number in range(len(settings.hidden_layers))]
    return [*hidden, "the ten scores"]


def _bars(names: list[str], sizes: list[float | None], said: list[str]) -> list[dict[str, Any]]:
    most = max((size for size in sizes if size), default=0.0)
    return [
        {"name": name, "share": (size or 0.0) / most if most else 0.0, "said": words}
        for name, size, words in zip(names, sizes, said, strict=True)
    ]


def _pairs(images: dict[str, Any]) -> list[tuple[int, int]]:
    return list(zip(images["labels"], images["answers"], strict=True))


def _images(images: dict[str, Any], words: list[str]) -> dict[str, Any]:
    right = [label == answer for label, answer in _pairs(images)]
    return {"pixels": images["pixels"], "words": words, "right": right}


def _reading(label: int, answer: int) -> str:
    return f"{answer} ✓" if label == answer else f"{answer}, is {a_digit(label)}"


def _number(value: float | None, decimals: int = 4) -> str:
    """A number in a few digits; a very small or large one by its power of ten."""
    if value is None:
        return NO_NUMBER
    if value and not 0.001 <= abs(value) < 100_000:
        return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.{decimals}f}" if abs(value) < 10 else f"{value:,.1f}"


def _percent(share: float | None) -> str:
    if share is None:
        return NO_NUMBER
    return f"{share:.2%}" if share >= 0.0001 or not share else "< 0.01%"
