"""TensorFlow's slopes for the Learn page. Sending this does not import TensorFlow, running does."""

from lesson.tape import gradients_by_tape


def gradients(numbers: dict[str, float]) -> dict[str, float]:
    """Slopes of the loss along the weights `w1` and `w2`.

    Args:
        numbers: `x`, `target`, `w1` and `w2` of the two-layer graph.
    """
    from digits.device import prepare_device

    prepare_device()  # before any other work of TensorFlow, or a later run could not
    return gradients_by_tape(**numbers)
