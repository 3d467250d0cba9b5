"""The slopes of the two-layer graph, found by TensorFlow. Importing this does not import it."""


def gradients_by_tape(x: float, target: float, w1: float, w2: float) -> dict[str, float]:
    """Slopes of the loss along both weights, by automatic differentiation."""
    import tensorflow as tf

    weights = {"w1": tf.Variable(w1, dtype="float32"), "w2": tf.Variable(w2, dtype="float32")}
    with tf.GradientTape() as tape:
        z = weights["w1"] * x
        a = tf.sigmoid(z)
        y = weights["w2"] * a
        loss = (y - target) ** 2
    gradients = tape.gradient(loss, weights)
    return {name: float(gradient) for name, gradient in gradients.items()}
