"""Train the network that reads before a visitor has trained one, and write `shipped/ready_made/`.

    python -m scripts.make_ready_made [--seed 43] [--folder FOLDER]

It is trained as any run is, by the worker's own code, and takes a minute or two.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from config.environment import Config, data_folder
from digits.recipes import BEST_READER
from digits.settings import TrainingSettings
from model_store.records import WEIGHTS, State
from model_store.store import shared_store
from trainer.checkpoints import packed_weights, unpacked_weights
from trainer.ready_made import FOLDER, NAME, POINTS, RECORD
from trainer.run_executor import execute_next

# The better of the two seeds that were tried with the final recipe, by drawn digits.
SHIPPED_SEED = 43
KEPT = ("settings", "step", "total_steps", "elapsed", "first_batch", "last_batch", "test", "origin")


def make(settings: TrainingSettings, folder: Path = FOLDER) -> None:
    """Train a network and write what `trainer.ready_made.install` reads.

    Args:
        settings: of the run.
        folder: where to write; made where missing.
    """
    with tempfile.TemporaryDirectory() as name:
        config = config_within(Path(name))
        with shared_store(config.database_url, config.artifacts_url) as store:
            run = store.runs.create("", settings.model_dump(mode="json"), NAME)
            execute_next("ready-made", config)
            done = store.runs.get(run.id)
            assert done is not None
            if done.state != State.FINISHED:
                raise SystemExit(f"The run ended as {done.state}. {done.failure}")
            checkpoint = store.artifacts.load(done.id, done.artifacts[WEIGHTS])
            progress = store.progress.since(done.id)
    folder.mkdir(exist_ok=True)
    (folder / WEIGHTS).write_bytes(packed_weights(unpacked_weights(checkpoint)))
    points = progress.points
    np.savez_compressed(folder / POINTS, allow_pickle=False, steps=points.steps, **points.series)
    record = {name: getattr(done, name) for name in KEPT}
    record["epochs"] = [vars(epoch) for epoch in progress.epochs]
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")
    print(f"{done.name}: {done.test} after {done.elapsed:.0f} s")


def config_within(folder: Path) -> Config:
    """A store of its own in `folder`, and the images where they always are."""
    database = f"sqlite:///{folder / 'store.db'}"
    return Config(database, str(folder / "artifacts"), data_folder() / "mnist", None)


def main() -> None:
    """Read the command line and make it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=SHIPPED_SEED)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    arguments = parser.parse_args()
    make(BEST_READER.model_copy(update={"seed": arguments.seed}), arguments.folder)


if __name__ == "__main__":
    main()
