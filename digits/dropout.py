"""Dropout whose random numbers cost next to nothing inside a compiled loop.

Keras' `Dropout` draws from a stateful generator, which makes an XLA epoch on the CPU 12 times
slower. Here a random number is a hash of where it is used (seed, step, layer, position), as in
counter-based generators, so there is no state to carry and a run repeats to the last digit.
Sources: dropout, Srivastava et al. 2014; counter-based random numbers, Salmon et al. 2011; the
mixing function `lowbias32`, Wellons 2018.
"""

import tensorflow as tf


def dropout(values: tf.Tensor, rate: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Set a random share of the values to zero and scale up the rest, so that the mean stays.

    Args:
        values: float32 [batch, units].
        rate: float32 scalar, the share from 0 to below 1.
        key: uint32 scalar, another one for each step and layer.
    """
    position = tf.reshape(tf.range(tf.size(values)), tf.shape(values))
    bits = mix(tf.bitwise.bitwise_xor(tf.cast(position, tf.uint32), key))
    # 24 bits, because that is how many a float32 holds exactly.
    kept = tf.bitwise.right_shift(bits, _uint32(8)) >= tf.cast(rate * 2.0**24, tf.uint32)
    return values * tf.where(kept, 1 / (1 - rate), 0.0)


def random_key(seed: tf.Tensor, step: tf.Tensor, use: int) -> tf.Tensor:
    """A uint32 key from the run's seed, the global step and the place `use` in the step."""
    key = mix(tf.cast(seed, tf.uint32) + _uint32(use))
    return mix(tf.bitwise.bitwise_xor(key, tf.cast(step, tf.uint32) * _uint32(0x9E3779B9)))


def mix(bits: tf.Tensor) -> tf.Tensor:
    """Scramble uint32 values so that neighbouring inputs give unrelated outputs."""
    bits = _xor_shifted(bits, 16) * _uint32(0x7FEB352D)
    bits = _xor_shifted(bits, 15) * _uint32(0x846CA68B)
    return _xor_shifted(bits, 16)


def _xor_shifted(bits: tf.Tensor, places: int) -> tf.Tensor:
    return tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, _uint32(places)))


def _uint32(value: int) -> tf.Tensor:
    return tf.constant(value, tf.uint32)
