"""Train a network that reads handwritten digits: 784-128-64-10."""

import keras
import tensorflow as tf
import tensorflow_datasets as tfds

BATCH_SIZE = 64
EPOCHS = 5


def scaled(image: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Bring the grey values 0 to 255 into the range 0 to 1."""
    return tf.cast(image, tf.float32) / 255.0, label


keras.utils.set_random_seed(42)

# Nine images of ten to learn from, one to check with, and the test images for the end.
training, validation, test = tfds.load(
    "mnist", split=["train[:90%]", "train[90%:]", "test"], as_supervised=True
)
training = (
    training.map(scaled, num_parallel_calls=tf.data.AUTOTUNE)
    .cache()  # keep the scaled images in memory
    .shuffle(len(training) // 4)  # draw from a quarter of them at a time
    .batch(BATCH_SIZE)
    .prefetch(tf.data.AUTOTUNE)  # prepare the next batch while this one is learned from
)
validation = validation.map(scaled).batch(BATCH_SIZE).cache()
test = test.map(scaled).batch(BATCH_SIZE)

network = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Flatten(),  # 28 by 28 pixels become a list of 784
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),  # a probability for each digit
    ]
)
network.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
# The pipeline shuffles already, so `fit` need not.
network.fit(training, validation_data=validation, epochs=EPOCHS, shuffle=False)

loss, accuracy = network.evaluate(test)
print(f"{accuracy:.2%} of the test images read correctly, loss {loss:.3f}")
