"""Train the small network that tells digits from other drawings, and write `shipped/detector.npz`.

    python -m scripts.make_detector [--file FILE]

Digits are MNIST's and those of the Hershey fonts; letters are the fonts', scribbles are random.
"""

from collections.abc import Callable
from math import ceil
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.reading.drawing_records import Stroke, draw
from benchmarks.reading.not_digits import (
    TAUGHT_SCRIBBLES,
    Points,
    Random,
    by_hand,
    read_glyphs,
    ring,
)
from digits.augmentation import Augmenter
from digits.dataset import Mnist
from digits.drawing import Pixels, prepare
from digits.outlier_detection import DETECTOR
from digits.style_augmentation import add_variants
from scripts.recording import record

# Nobody can tell these from a digit, so they are not taught to be none. The Greek and Cyrillic
# fonts keep their letters under the Latin names.
AMBIGUOUS = {
    "futural": set("lIiOoQSsZzBDqgbU"),
    "cursive": set("lIiOoQSsZzBDqgbU"),
    "greeks": set("IiOoQqZBbTvV"),
    "cyrillic": set("OoZzBbVvEeJjGg"),
}
LETTERS, SCRIBBLES, DIGITS, RINGS, REDRAWN, PLAIN = 8000, 4000, 2000, 1500, 8000, 30000
EPOCHS = 16
BATCH_SIZE = 128
# Each of the drawings that are none is shown so many times an epoch, deformed anew.
COPIES = 4
DEFORMATION = 0.6

Glyph = list[Points]
Weights = NDArray[np.float16]


def training_images(mnist: Mnist, rng: Random, share: float = 1) -> tuple[Pixels, Pixels]:
    """Digits and drawings that are none, both prepared: uint8 [count, 28, 28] each.

    Args:
        mnist: whose digits are taken as they are, and as if they had been drawn.
        rng: decides all that is random.
        share: of how many there are; less for a try.
    """
    letters, digits = _glyphs()

    def images(make: Callable[[], list[Stroke]], count: int) -> Pixels:
        drawn = [prepare(draw(make(), rng)).image for _ in range(round(share * count))]
        return np.stack(drawn)

    written = images(lambda: by_hand(letters[rng.integers(len(letters))], rng), LETTERS)
    kinds = len(TAUGHT_SCRIBBLES)
    scribbled = images(lambda: TAUGHT_SCRIBBLES[rng.integers(kinds)](rng), SCRIBBLES)
    drawn = images(lambda: by_hand(digits[rng.integers(len(digits))], rng), DIGITS)
    rings = images(lambda: ring(rng), RINGS)
    chosen = rng.permutation(len(mnist.train_images))[: round(share * REDRAWN)]
    redrawn = [prepare(_enlarged(mnist.train_images[index])).image for index in chosen]
    plain = add_variants(mnist.train_images, mnist.train_labels)[: round(share * PLAIN)]
    return (
        np.concatenate([plain, drawn, rings, np.stack(redrawn)]),
        np.concatenate([written, scribbled]),
    )


def _glyphs() -> tuple[list[Glyph], list[Glyph]]:
    """Letters that nobody takes for a digit, and digits, of the fonts that are trained with."""
    letters: list[Glyph] = []
    digits: list[Glyph] = []
    for font, ambiguous in AMBIGUOUS.items():
        for name, glyph in read_glyphs(font).items():
            if name.isalpha() and name not in ambiguous:
                letters.append(glyph)
            elif name.isdigit():
                digits.append(glyph)
    return letters, digits


def _enlarged(image: Pixels) -> Pixels:
    """An image of MNIST as large as a drawing, its strokes as sharp as those of a pen."""
    large = np.asarray(Image.fromarray(image).resize((224, 224), Image.Resampling.BICUBIC), int)
    return ((large - 96) * 4 + 128).clip(0, 255).astype(np.uint8)


def train_detector(digits: Pixels, others: Pixels, epochs: int = EPOCHS) -> list[Weights]:
    """Weights of a small network whose logit is above 0 for what is no digit.

    Args:
        digits: uint8 [count, 28, 28].
        others: the same of drawings that are none.
        epochs: how often all are shown, deformed anew each time.
    """
    keras.utils.set_random_seed(0)
    detector = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(128, "relu"),
            keras.layers.Dense(32, "relu"),
            keras.layers.Dense(1),
        ]
    )
    labels = np.repeat([0.0, 1.0], [len(digits), COPIES * len(others)])
    steps = epochs * ceil(len(labels) / BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
    detector.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    augmenters = Augmenter(digits), Augmenter(others)
    for epoch in range(epochs):
        parts = [augmenters[0].augment(DEFORMATION, 0, epoch)]
        parts += [augmenters[1].augment(DEFORMATION, 1 + copy, epoch) for copy in range(COPIES)]
        images = np.concatenate(parts) / np.float32(255)
        detector.fit(images, labels, BATCH_SIZE, verbose=2)
    return [np.asarray(weight, np.float16) for weight in detector.get_weights()]


def make(mnist: Mnist, file: Path = DETECTOR) -> None:
    """Train the detector, and write what `digits.outlier_detection` reads."""
    images = training_images(mnist, np.random.default_rng(0))
    np.savez_compressed(file, *train_detector(*images))


if __name__ == "__main__":
    record(__doc__, DETECTOR, make)
