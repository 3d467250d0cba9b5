"""Training images bent anew for every epoch, so that the network learns what MNIST lacks.

People write digits turned, leaning, narrow and crooked in more ways than 60,000 examples show.
Random rotation, scale, shear and shift: Y. LeCun et al., Gradient-based learning applied to
document recognition, 1998. Elastic deformation: P. Simard et al., Best practices for convolutional
neural networks applied to visual document analysis, 2003.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray

SIDE = 28
PIXELS = SIDE * SIDE
# Neighbours in the data set share one deformation, another one in each epoch. The batches mix
# them, so training does not notice, and the arithmetic runs over whole rows of 128 images.
GROUP = 128
CORNERS = (0, 1, SIDE, SIDE + 1)

ROTATION = 15.0  # degrees
HEIGHT = 0.1  # change of size, as a logarithm
WIDTH = 0.3
SHEAR = 0.2  # pixels sideways for each pixel upwards
SHIFT = 1.0  # pixels
ELASTIC = 1.5  # pixels, standard deviation
ELASTIC_REACH = 6.0  # pixels over which neighbours move together


class Deformations(NamedTuple):
    """Where each pixel of the deformed images comes from: float32 [count, 784] each, in pixels."""

    rows: FloatArray
    columns: FloatArray


class Augmenter:
    """Deforms a fixed set of images quickly, over and over.

    Args:
        images: uint8 [count, 28, 28] or [count, 784].
    """

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self.count = len(images)
        flat = np.pad(images.reshape(self.count, PIXELS), ((0, -self.count % GROUP), (0, 0)))
        # Pixel by pixel, so that one pixel of a whole group lies in one row.
        self.groups = np.ascontiguousarray(flat.reshape(-1, GROUP, PIXELS).transpose(0, 2, 1))

    def augment(
        self, strength: float, seed: int, epoch: int, needed: int | None = None
    ) -> NDArray[np.uint8]:
        """The images, deformed as belongs to this seed and epoch.

        Args:
            strength: 0 leaves the images nearly as they are, 1 is the usual amount.
            seed: of the run.
            epoch: number of the epoch.
            needed: how many are, from the first on; None for all.

        Returns:
            uint8 [count, 784]; those that are not needed may be blank.
        """
        rng = np.random.default_rng((seed, epoch, 1))
        sources, shares = _bilinear(random_deformations(rng, len(self.groups), strength))
        deformed = np.zeros((len(self.groups), GROUP, PIXELS), np.uint8)
        groups = self.groups[: -(-(self.count if needed is None else needed) // GROUP)]
        # All of one width: to multiply bytes and words, NumPy would go by small pieces.
        wide, corner, total = np.empty((3, PIXELS, GROUP), np.uint16)
        for index, group in enumerate(groups):
            wide[:] = group
            total[:] = 0
            for offset, share in zip(CORNERS, shares[index], strict=True):
                np.take(wide, sources[index] + offset, axis=0, out=corner, mode="clip")
                np.multiply(corner, share[:, None], out=corner)
                np.add(total, corner, out=total)
            np.right_shift(total, 8, out=total)
            deformed[index] = total.T
        return deformed.reshape(-1, PIXELS)[: self.count]


def random_deformations(rng: np.random.Generator, count: int, strength: float) -> Deformations:
    """Draw rotations, scales, shears, shifts and elastic deformations.

    Args:
        rng: where the random numbers come from.
        count: how many.
        strength: factor on all of them.
    """

    def uniform(limit: float) -> FloatArray:
        return rng.uniform(-limit * strength, limit * strength, (count, 1)).astype(np.float32)

    middle = (SIDE - 1) / 2
    rows, columns = (np.indices((SIDE, SIDE)).reshape(2, 1, PIXELS) - middle).astype(np.float32)
    angle, shear = uniform(np.deg2rad(ROTATION)), uniform(SHEAR)
    sine, cosine = np.sin(angle), np.cos(angle)
    bends = _elastic(rng, count) * np.float32(ELASTIC * strength)
    return Deformations(
        np.exp(uniform(HEIGHT)) * (cosine * rows + sine * columns)
        + (bends[:, 0] + uniform(SHIFT) + np.float32(middle)),
        np.exp(uniform(WIDTH)) * (cosine * columns - sine * rows)
        + shear * rows
        + (bends[:, 1] + uniform(SHIFT) + np.float32(middle)),
    )


def _elastic(rng: np.random.Generator, count: int) -> FloatArray:
    """Smooth random displacements [count, 2, 784] with a standard deviation of one."""
    distance = np.subtract.outer(np.arange(SIDE), np.arange(SIDE)) / ELASTIC_REACH
    kernel = np.exp(-(distance**2) / 2)
    kernel = (kernel / np.sqrt((kernel**2).sum(axis=1, keepdims=True))).astype(np.float32)
    noise = rng.standard_normal((count, 2, SIDE, SIDE), np.float32)
    return np.asarray(kernel @ noise @ kernel.T, np.float32).reshape(count, 2, PIXELS)


def _bilinear(deformations: Deformations) -> tuple[NDArray[np.intp], NDArray[np.uint16]]:
    """Upper left source pixel [count, 784], and shares of 256 of four corners [count, 4, 784]."""
    # One image of MNIST in 74 has ink at its edge, so what lies outside may be taken from there.
    rows, columns = (axis.clip(0, SIDE - 1.001) for axis in deformations)
    top, left = rows.astype(np.intp), columns.astype(np.intp)
    down, right = rows - top, columns - left
    shares = [(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right]
    return top * SIDE + left, (np.stack(shares, axis=1) * 256).astype(np.uint16)
