"""Whether each challenge is solved by some settings of the page, but by none that it offers.

    python -m benchmarks.learning.challenges [--only Thrifty Turned]

A search of nine minutes of one core over layers, rates, batch sizes, dropout, augmentation, label
smoothing, activations and seeds read at most 92.5% with 5,000 weights and 83.8% from 100 images.
"""

import argparse

from config.environment import data_folder
from digits.challenges import CHALLENGES, Challenge, Reached, turned_seven
from digits.dataset import Mnist, load_mnist
from digits.evaluation import evaluate, logits_of
from digits.recipes import PRESETS
from digits.settings import TrainingSettings
from digits.training import train

SOLUTIONS = {
    "Small": TrainingSettings(
        hidden_layers=(6, 12),
        activation="gelu",
        learning_rate=0.004,
        schedule="cosine",
        epochs=50,
        validation_split=0,
    ),
    "Few": TrainingSettings(
        hidden_layers=(256, 128),
        activation="leaky_relu",
        schedule="cosine",
        batch_size=2,
        epochs=50,
        augment=0.7,
        label_smoothing=0.1,
        images_used=100,
        seed=13,
    ),
    "Fast": TrainingSettings(
        hidden_layers=(512,),
        learning_rate=0.005,
        schedule="cosine",
        batch_size=600,
        epochs=2,
        validation_split=0,
    ),
    "Thrifty": TrainingSettings(
        hidden_layers=(48, 48),
        activation="gelu",
        learning_rate=0.006,
        schedule="cosine",
        epochs=3,
        validation_split=0,
        seed=7,
    ),
    "Turned": TrainingSettings(augment=0.9, epochs=2, schedule="cosine", learning_rate=0.003),
}

_SOLUTION = "a solution"


def reached_with(settings: TrainingSettings, dataset: Mnist) -> Reached:
    """Train, and look what came of it."""
    *_, last = train(settings, dataset)
    weights = last.checkpoint().weights
    tested = evaluate(weights, settings, dataset.test_images, dataset.test_labels)
    read = logits_of(weights, settings, turned_seven()[None]).numpy().argmax()
    return Reached(settings, last.step, tested.accuracy, int(read))


def offered(challenge: Challenge) -> dict[str, TrainingSettings]:
    """What a visitor gets by one press: its start, and the presets that keep to what is allowed."""
    presets = {name: each for name, each in PRESETS.items() if challenge.allows(each)}
    return {"its start": challenge.start, **presets}


def wrong(challenge: Challenge, dataset: Mnist) -> list[str]:
    """What does not hold of a challenge; says what was reached."""
    found = []
    for name, settings in {**offered(challenge), _SOLUTION: SOLUTIONS[challenge.name]}.items():
        reached = reached_with(settings, dataset)
        print(
            f"{challenge.name}, {name}: {reached.accuracy:.2%}, {reached.steps:,} steps, "
            f"{reached.settings.parameter_count:,} weights, {reached.work / 1e9:.2f} billion, "
            f"the turned 7 read as {reached.reads}",
            flush=True,
        )
        if challenge.is_solved(reached) != (name == _SOLUTION):
            found.append(f"{challenge.name}: {name} {'is not' if name == _SOLUTION else 'is'} one")
    return found


def main() -> None:
    """Read the command line, train, and say what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SOLUTIONS, default=list(SOLUTIONS))
    chosen = [each for each in CHALLENGES if each.name in parser.parse_args().only]
    dataset = load_mnist(data_folder() / "mnist")
    if found := [line for challenge in chosen for line in wrong(challenge, dataset)]:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
