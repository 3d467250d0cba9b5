import numpy as np
import pytest

from digits.augmentation import Augmenter, random_deformations
from digits.style_augmentation import add_variants


@pytest.fixture(scope="module")
def images():
    """A bright frame on each image, its size told by its number."""
    pictures = np.zeros((150, 28, 28), np.uint8)
    for number, picture in enumerate(pictures):
        side = 4 + number % 6
        picture[14 - side : 14 + side, 14 - side : 14 + side] = 255
        picture[16 - side : 12 + side, 16 - side : 12 + side] = 0
    return pictures


def test_the_same_seed_and_epoch_give_the_same_images(images):
    first = Augmenter(images).augment(1.0, 7, 3)
    assert np.array_equal(first, Augmenter(images).augment(1.0, 7, 3))
    assert not np.array_equal(first, Augmenter(images).augment(1.0, 7, 4))
    assert not np.array_equal(first, Augmenter(images).augment(1.0, 8, 3))


def test_what_is_needed_is_the_same_and_the_rest_costs_nothing(images):
    whole = Augmenter(images).augment(1.0, 7, 3)
    part = Augmenter(images).augment(1.0, 7, 3, needed=100)
    assert np.array_equal(part[:100], whole[:100])
    assert not part[128:].any()


def test_images_keep_their_order_and_most_of_their_ink(images):
    deformed = Augmenter(images).augment(0.5, 1, 0)
    assert deformed.shape == (150, 784)
    before, after = (part.reshape(150, -1).sum(axis=1).astype(float) for part in (images, deformed))
    assert np.corrcoef(before, after)[0, 1] > 0.9


def test_strength_nought_changes_next_to_nothing(images):
    deformed = Augmenter(images).augment(0.0, 1, 0).reshape(images.shape)
    assert np.abs(deformed.astype(int) - images).max() <= 2


def test_a_stronger_augmentation_moves_pixels_further():
    home = np.indices((28, 28)).reshape(2, -1)
    moves = []
    for strength in (0.25, 0.5, 1.0):
        fields = random_deformations(np.random.default_rng(0), 200, strength)
        moves.append(float(np.abs(np.stack(fields, axis=1) - home).mean()))
    assert moves[0] * 1.8 < moves[1] < moves[2] / 1.8


def test_deformation_samples_between_pixels(images):
    """The quick arithmetic in bytes agrees with plain bilinear sampling."""
    augmenter = Augmenter(images)
    rng = np.random.default_rng((5, 2, 1))
    fields = random_deformations(rng, len(augmenter.groups), 1.0)
    rows, columns = (axis[1].clip(0, 26.999) for axis in fields)
    top, left = rows.astype(int), columns.astype(int)
    down, right = rows - top, columns - left
    picture = images[128 + 9].astype(float)
    expected = (
        picture[top, left] * (1 - down) * (1 - right)
        + picture[top, left + 1] * (1 - down) * right
        + picture[top + 1, left] * down * (1 - right)
        + picture[top + 1, left + 1] * down * right
    )
    assert augmenter.augment(1.0, 5, 2)[128 + 9] == pytest.approx(expected, abs=5)


def test_variants_are_the_same_each_time_and_change_only_what_they_should():
    rng = np.random.default_rng(0)
    labels = np.arange(400, dtype=np.uint8) % 10
    images = np.zeros((400, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = rng.integers(150, 256, (400, 20, 4))
    changed = add_variants(images, labels)
    assert np.array_equal(changed, add_variants(images, labels))
    differs = (changed != images).any(axis=(1, 2))
    assert not differs[np.isin(labels, [2, 3, 4, 6, 8])].any()
    assert 0.2 < differs[labels == 1].mean() < 0.7
    assert 0.1 < differs[labels == 7].mean() < 0.5
