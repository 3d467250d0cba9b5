"""The training images of each epoch on the device: the same each time, or deformed anew."""

from concurrent.futures import Future
from threading import Lock
from types import TracebackType

import tensorflow as tf

from digits.augmentation import Augmenter
from digits.compiled_loop import DeviceImages
from digits.dataset import Mnist
from digits.device import prepare_device
from digits.lasting_threads import LastingThreads
from digits.learned_examples import examples_learned_from
from digits.settings import TrainingSettings
from digits.style_augmentation import add_variants

_augmenters: dict[str, Augmenter] = {}
_augmenters_lock = Lock()
_threads = LastingThreads("augmentation")


class EpochImages:
    """Hands out the images of an epoch while a thread deforms those of the next.

    An epoch's images depend only on the seed and the epoch, so a run that goes on from a
    checkpoint sees what it would have seen.

    Args:
        settings: seed, epochs and what is learned from are used.
        dataset: its training images are deformed.
        data: the same images on the device.
    """

    def __init__(self, settings: TrainingSettings, dataset: Mnist, data: DeviceImages) -> None:
        self.settings = settings
        self.data = data
        self.dataset = dataset
        self.ready: dict[tuple[int, float], Future[tf.Tensor]] = {}
        # Those held back, and those beyond what is to be used, are looked at as they are or never.
        self.needed = 1 + int(examples_learned_from(settings, dataset.train_labels).max())
        self._lent = _threads.borrow()

    def __enter__(self) -> "EpochImages":
        self.thread = self._lent.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for future in self.ready.values():
            future.cancel()
        self._lent.__exit__(kind, error, traceback)

    def of(self, epoch: int, strength: float) -> tf.Tensor:
        """Images of this epoch, uint8 [count, 784], as far as they are learned from.

        Args:
            epoch: from 0 on.
            strength: of the augmentation; 0 leaves them as they are.
        """
        if not strength:
            return self.data.images
        wanted = [(number, strength) for number in (epoch, epoch + 1)]
        self.ready = {
            each: self.ready.get(each) or self.thread.submit(self._deform, *each)
            for each in wanted
            if each[0] < self.settings.epochs
        }
        return self.ready[epoch, strength].result()

    def _deform(self, epoch: int, strength: float) -> tf.Tensor:
        augmenter = augmenter_of(self.dataset)
        images = augmenter.augment(strength, self.settings.seed, epoch, self.needed)
        with tf.device(prepare_device().name):
            return tf.constant(images)


def augmenter_of(dataset: Mnist) -> Augmenter:
    """What deforms the training images of `dataset`; made at the first call, which takes a second.

    Args:
        dataset: MNIST.

    Returns:
        The same augmenter for every run; a worker may ask for it while it warms up.
    """
    with _augmenters_lock:
        if dataset.fingerprint not in _augmenters:
            _augmenters[dataset.fingerprint] = Augmenter(
                add_variants(dataset.train_images, dataset.train_labels)
            )
        return _augmenters[dataset.fingerprint]
