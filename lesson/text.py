# ruff: noqa: RUF001  (a minus sign and Greek letters are meant)
"""The words of the Learn page, in Markdown, by section."""

from digits.settings import TRAINING_IMAGES, TrainingSettings
from lesson.arithmetic import EXAMPLE_DIGIT

_SETTINGS = TrainingSettings()
_WEIGHTS = f"{_SETTINGS.parameter_count:,}"
_IMAGES = _SETTINGS.split(TRAINING_IMAGES)[0]
_STEPS = _SETTINGS.steps_per_mnist_epoch
_LAST_BATCH = _IMAGES - (_STEPS - 1) * _SETTINGS.batch_size

LEARNING_RATE = "Learning rate α"
TOO_LONG = ":orange[The loss grows: this step is too long. Try a smaller α.]"

INTRODUCTION = """
A network starts out knowing nothing: its weights are random numbers. All that it can do later
comes from one small loop, repeated thousands of times: **look** at some images, **measure** how
wrong the answers are, **find out** which weights are to blame, **move** each of them a little.

This page takes the loop apart. Whatever stands in a frame can be played with.
"""

LOSS = """
To get better, a network must first be told how bad it is, in a single number: the **loss**. The
oldest recipe is the **mean squared error**. Take the difference between each output *y* and its
target *t*, square it, and average:

$$
l = \\frac{1}{n} \\sum_{i=1}^{n} (y_i - t_i)^2
$$

A miss costs the same in both directions, and one that is twice as far costs four times as much.
In the picture the squares are just that: squares. Their mean area is the loss.
"""

CROSS_ENTROPY = """
### A loss for choosing

A digit is no height on a line. The network answers with ten probabilities, made by **softmax**,
and the target is **one-hot**: a 1 for the right digit and nine zeros. Squared error would do for
these ten numbers too, but for a choice there is something better. **Cross-entropy** looks only at
the probability *p* that the right digit was given:

$$
l = -\\ln p
$$

Being certain and right costs nothing. Being certain and wrong costs more and more, without limit.
Whoever guesses gives every digit one tenth and pays ln 10 = **2.303**, and about there every loss
curve of this app begins.
"""

WHY_CROSS_ENTROPY = f"""
Move the slider to the far left, where the network is sure of something else, and compare the last
column: how hard each loss pulls up the score of the {EXAMPLE_DIGIT}. Cross-entropy pulls hardest
where the answer is most wrong. Squared error, felt through softmax, hardly pulls at all there: a
network that is confidently wrong would stay so for a long time. This is why the app trains with
cross-entropy.

Keras calls it *sparse categorical* cross-entropy. Categorical, because the answer is one of
several classes; sparse, because the label is simply the number {EXAMPLE_DIGIT}, with no need to
write out the nine zeros.
"""

DESCENT = """
Think of the loss as the height of a landscape, and of the weights as the place where you stand.
There is fog. You cannot see the valley, but you feel the slope under your feet, so you take a step
downhill and feel again. That is **gradient descent**. Every weight *W* follows the slope of the
loss along it:

$$
W' = W - \\alpha \\, \\frac{dl}{dW}
$$

The minus sign points downhill; the **learning rate** α sets the stride. Too small, and you creep.
Too large, and you jump across the valley, to where it is higher than before.
"""

DESCENT_BEYOND = f"""
In this bowl each step multiplies the distance to the valley by 1 − α. So α = 1 arrives at once,
between 1 and 2 you jump from side to side, and beyond 2 you are thrown out. A steeper bowl would
throw you out earlier: the limit is 2 divided by its curvature.

The app's network walks in {_WEIGHTS} directions at once, over ground that shifts a little with
every batch of images; hence the name *stochastic* gradient descent. Its optimizer **Adam** gives
each weight a stride of its own, which it derives from the slopes met so far.
"""

BACKPROPAGATION = f"""
Gradient descent asks for the slope of the loss along every weight, including those far from the
end. One could nudge each weight and measure the loss again, but that would take {_WEIGHTS} more
forward passes for one single step. **Backpropagation** finds all slopes in one pass forward and
one pass backward.

Its idea is the **chain rule**: when *l* depends on *y*, *y* on *a*, and *a* on *z*, the slopes
along the way multiply. Here is the smallest network that shows it. **L1** multiplies the input by
a weight, a **sigmoid** squeezes the result to between 0 and 1, **L2** multiplies again, and the
loss is the squared distance to a target *t*.
"""

BACKPROPAGATION_BEYOND = """
With many units in a layer the numbers become lists, the weights a matrix, and the products matrix
products; nothing else changes. Biases were left out to keep the picture small: each is treated as
a weight whose input is always 1.

One factor deserves a second look. The slope of the sigmoid, *a*(1 − *a*), is never above 0.25, so
with many sigmoids in a row little of the slope reaches the first layers. That is one reason why
the hidden layers of this app use **ReLU**, whose slope is 1 for everything positive.
"""

TAPE = f"""
Nobody writes down such products for {_WEIGHTS} weights. TensorFlow keeps a record of every
operation of the forward pass, as on a **tape**, and then goes through it backwards with the chain
rule in hand. This is **automatic differentiation**. It does not nudge or approximate; it
multiplies the same factors as above.

This is the graph from above, complete. The button runs this very code with your numbers from
section 3, in the process where this app trains its networks.
"""

KERAS = """
Keras needs two words for all of this. `compile` says which loss and which optimizer; `fit` goes
round the loop: forward, loss, backward, step, for every batch of every epoch. The script is
complete. With TensorFlow and TensorFlow Datasets installed it runs as it is, and trains the
network that the Train page calls the notebook's plain recipe, with the same settings.
"""

KERAS_DETAILS = """
- **Flatten** lays the 28 rows of pixels end to end: 784 numbers. A **Dense** layer takes sums of
  them, one for each unit, with weights of its own, and **ReLU** keeps what is positive. Without it,
  the layers together could do no more than a single one.
- **Softmax** turns the last ten scores, the logits, into probabilities.
- The **pipeline** divides the grey values by 255, so that all inputs lie between 0 and 1; keeps the
  result (`cache`); mixes the order anew in every epoch (`shuffle`); deals out batches (`batch`);
  and prepares the next one while the present one is being learned from (`prefetch`).
- What the app does differently: it takes the same steps in one compiled loop of its own, which is
  faster; it computes softmax and cross-entropy in one go, which rounds less; and it shuffles all
  the images, where the script draws from a quarter of them at a time.
"""

EXERCISE = """
### Exercise: one layer more

Make it 784-128-64-32-10. In the script this takes one line. Where does it go, and what does it say?
And does a deeper network read better? Guess first, then train it.
"""

EXERCISE_LINE = 'keras.layers.Dense(32, activation="relu"),'

EPOCHS = f"""
### Epoch, batch, step

The {_IMAGES:,} training images are shuffled and dealt out in **batches** of
{_SETTINGS.batch_size}. Each batch leads to one **step**: a small change of all weights. When every
image has had its turn, an **epoch** is over. That makes {_STEPS} steps an epoch (the last batch has
only {_LAST_BATCH} images) and {_STEPS * _SETTINGS.epochs:,} in {_SETTINGS.epochs} epochs.
"""

VALIDATION = """
### Why validation can look better than training

It looks like cheating: a network that does better on images it has never seen. But the two figures
are measured differently. The **training accuracy** of an epoch is a mean over the whole epoch, so
it includes the clumsy beginning. The **validation accuracy** is measured once, at the end, when the
network is as good as the epoch has made it. Dropout, where it is used, widens the gap: in training
some units sit out, in validation none does.
"""

CERTAINTY = """
### Is 63 of 64 better than 62 of 64?

From 64 images nobody can tell. One image more or less is luck, as with dice. The bars show which
true accuracies would make such a score unsurprising: for 62 and for 63 they are nearly the same.
With the 10,000 test images the bars are short, and scores can be compared; even then, two runs that
differ only in their seed will differ by a few tenths of a percent.
"""

GLOSSARY = {
    "Accuracy": "the share of images that are read correctly.",
    "Activation": "what a unit passes on: its weighted sum, bent by a function such as ReLU.",
    "Adam": "an optimizer that gives every weight a step length of its own.",
    "Backpropagation": "the chain rule, applied from the loss back to every weight.",
    "Batch": "the images that are looked at together before one step.",
    "Bias": "a number that a unit adds to its weighted sum.",
    "Cross-entropy": "minus the logarithm of the probability given to the right answer.",
    "Dense layer": "a layer in which every unit is connected to every unit before it.",
    "Epoch": "one pass through all the training images.",
    "Forward pass": "from the image through all layers to the answer.",
    "Gradient": "the slopes of the loss along all weights, taken together.",
    "Hidden layer": "a layer between the pixels and the answer.",
    "Hyperparameter": "what you choose before training, such as the learning rate.",
    "Learning rate": "α, how far a step goes for a given slope.",
    "Logits": "the ten scores before softmax makes probabilities of them.",
    "Loss": "one number for how wrong the answers are; training makes it small.",
    "One-hot": "ten numbers for a digit: a 1 in its place and nine zeros.",
    "Optimizer": "the rule that turns gradients into steps.",
    "Overfitting": "learning the training images by heart instead of what they have in common.",
    "Parameters": "the weights and biases: all that training changes.",
    "ReLU": "passes on what is positive, and 0 for the rest.",
    "Sigmoid": "squeezes any number to between 0 and 1.",
    "Softmax": "makes ten probabilities, which sum to 1, of ten scores.",
    "Step": "one small change of all weights, after one batch.",
    "Test images": "images used only once, at the end, to measure what was learned.",
    "Validation images": "images held back from training to watch how it goes with unseen ones.",
    "Weight": "the strength of one connection between two units.",
}
