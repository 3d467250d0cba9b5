# ruff: noqa: RUF001  (a minus sign and Greek letters are meant)
"""The words of the Learn page, in Markdown, by section."""

from digits.settings import TRAINING_IMAGES, TrainingSettings
from lesson.arithmetic import EXAMPLE_DIGIT

_SETTINGS = TrainingSettings()
_NETWORK = _SETTINGS.architecture  # not the one that the lesson takes apart
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

First look at a network that has been through that loop. Whatever stands here can be played with.
"""

NETWORK = """
Left the image, right the ten answers, between them the **hidden layers**: their units are neither
pixels nor answers, hence the name. A line is a **weight** at work: blue adds to what the next unit
hears, orange takes away, and the thicker, the more.
"""

UNIT = """
A **unit** does one small sum. It multiplies every pixel by a weight of its own, adds up the
products, adds a last number, its **bias**, and lets an **activation** decide what it says. Nobody
has told it what to look for: its weights were random, and training made these of them.
"""

UNIT_FORMULA = r"""
$$
a = f\left(\sum_{i=1}^{784} w_i x_i + b\right)
$$

*x* are the pixels, *w* the weights of this unit, *b* is its bias, *f* the activation, and *a* what
it says. ReLU is *f*(*z*) = max(0, *z*). The units of the next layer do the same sum, over what the
units of this one say instead of pixels.
"""

SOFTMAX = """
The last layer says ten **scores**, one for each digit; the field calls them logits. **Softmax**
makes shares of them in two moves: each score becomes a power, exp(score), which is always above 0,
and then each power is divided by the sum of all ten. Move the scores and watch the shares.
"""

SOFTMAX_FORMULA = r"""
$$
p_k = \frac{e^{s_k}}{\sum_{j=0}^{9} e^{s_j}}
$$

The same number *c* added to every score cancels out, for every power gets the same factor *e*ᶜ. So
softmax knows only which score is higher than which, and by how much. It has no way to say that all
ten are low, which is why the Draw page asks a second, small network whether a drawing is a digit.

On Draw the scores are first divided by a number, the **temperature**, so that a share of 90% is
right nine times in ten. Here they stand as the network says them, so the shares differ a little.
"""

OVERFITTING = """
A network with many weights and few images can learn each image by heart, as one learns answers
without having understood the question. Its own images it then reads without a mistake; others it
reads no better than before, and it is more and more sure of its errors. That is **overfitting**.
You see it where the two curves part: one goes on down, the other turns up.
"""

SPLIT = """
### Validation images and test images

To notice that, some images must be held back: on those that it has learned from, a network that
knows them by heart looks perfect. MNIST has 70,000 images of handwritten digits.
The **validation images** are looked at after every epoch, and by what they say one decides: when to
stop, which rate is best. Whoever decides by them often enough has fitted their decisions to them.
So there are the **test images** too, which decide nothing: a run looks at them when it has ended.

That is honest for one look. Train more epochs and look again, try until a challenge is solved, keep
the better of two runs, and the test images have decided something after all: with each such look
the figure is a little too kind. Here every run, challenge and comparison uses the same 10,000.
Only new images could tell how much; ten digits of your own on Draw are new, though few.
"""

AUGMENTATION = """
### Augmentation: more images out of the same

Against overfitting more images help best. **Augmentation** makes them: in every epoch each image
is turned, shifted, made wider or crooked anew, by chance. It stays the same digit, and learning it
by heart is no use any more.
"""

ANSWER = """
### Your answer, and one step

All of this with the network and the image from above: the loss of this one answer, the slope of
the loss along one weight, found by backpropagation, and what the network reads after one step
downhill. Where it is sure and right there is nothing to learn, so suppose that another digit is
right, and see how hard it is pulled there. A small rate moves the answer a little; a larger one may
turn it round in a single step.
"""

LOSS = """
To get better, a network must first be told how bad it is, in a single number: the **loss**. The
oldest recipe is the **mean squared error**: take the difference between each output and its target,
square it, and average. In the picture the squares are just that: squares. Their mean area is the
loss. A miss costs the same in both directions, and one twice as far costs four times as much.
"""

LOSS_FORMULA = r"""
$$
l = \frac{1}{n} \sum_{i=1}^{n} (y_i - t_i)^2
$$

*y* are the outputs, *t* the targets, *n* is how many there are.
"""

CROSS_ENTROPY = """
### A loss for choosing

A digit is no point on a line: a 7 read as an 8 is as wrong as a 7 read as a 1. The target is
**one-hot**: a 1 for the right digit and nine zeros.
Squared error would do for the ten shares too, but for a choice there is something better.
**Cross-entropy** looks only at the probability that the right digit was given. Being certain and
right costs nothing. Being certain and wrong costs more and more, without limit. Whoever guesses
gives every digit one tenth and pays ln 10 = **2.303**, and about there every loss curve begins.
"""

CROSS_ENTROPY_FORMULA = r"""
$$
l = -\ln p
$$

*p* is the probability that the right digit was given.
"""

WHY_CROSS_ENTROPY = f"""
Move the slider to the far left, where the network is sure that this is no {EXAMPLE_DIGIT}, and
compare the last column: how hard each loss pulls up the score of the {EXAMPLE_DIGIT}. Cross-entropy
pulls hardest where the answer is most wrong. Squared error, felt through softmax, hardly pulls at
all there: a network that is confidently wrong would stay so for a long time. This is why the app
trains with cross-entropy, unless it is told otherwise.

Keras calls it *sparse categorical* cross-entropy. Categorical, because the answer is one of
several classes; sparse, because the label is simply the number {EXAMPLE_DIGIT}, with no need to
write out the nine zeros.
"""

DESCENT = """
Think of the loss as the height of a landscape, and of the weights as the place where you stand.
There is fog. You cannot see the valley, but you feel the slope under your feet, so you take a step
downhill and feel again. That is **gradient descent**: a step changes every weight a little, each
against its own slope. The **learning rate** α says how long a step
is for a given slope. Too small, and you creep. Too large, and you jump across the valley, to where
it is higher than before.
"""

DESCENT_FORMULA = r"""
$$
W' = W - \alpha \, \frac{dl}{dW}
$$

*W* is a weight, *dl/dW* the slope of the loss along it. The minus sign points downhill.
"""

DESCENT_BEYOND = f"""
In this bowl each step multiplies the distance to the valley by 1 − α. So α = 1 arrives at once,
between 1 and 2 you jump from side to side, and beyond 2 you are thrown out. A steeper bowl would
throw you out earlier: the limit is 2 divided by its curvature.

The network of the plain recipe, {_NETWORK}, has {_WEIGHTS} weights and biases, and all take
their step at once. Every batch of images gives slightly different slopes; hence the name
*stochastic* gradient descent, by chance. The optimizer **Adam** gives each weight a step length of
its own, made from the slopes it has met.
"""

RATES = """
### Too small, right, too large: real curves

In the landscape of a real network nobody sees the valley. What one sees is the curve of the loss,
and its shape tells the rate. On Train the page says so below the curves, with what helps.
"""

BACKPROPAGATION = f"""
Gradient descent asks for the slope of the loss along every weight, including those far from the
end. One could nudge each weight and measure the loss again, but for {_NETWORK} that would take
{_WEIGHTS} more forward passes for one single step. **Backpropagation** finds all slopes in one pass
forward and one pass backward.

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
this app's recipes have **ReLU** in the hidden layers, whose slope is 1 for everything positive.
"""

TAPE = f"""
Nobody writes down such products for the {_WEIGHTS} weights of {_NETWORK}. TensorFlow keeps a
record of every operation of the forward pass, as on a **tape**, and then goes through it backwards
with the chain rule in hand. This is **automatic differentiation**. It does not nudge or
approximate; it multiplies the same factors as above.

This is the small graph from section 6, complete. The button runs this very code with your numbers
from there, in the process where this app trains its networks.
"""

KERAS = """
Keras needs two words for all of this. `compile` says which loss and which optimizer; `fit` goes
round the loop: forward, loss, backward, step, for every batch of every epoch. The script is
complete. With TensorFlow and TensorFlow Datasets installed it runs as it is, and trains the
network that the Train page calls the plain recipe, with the same settings.
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

In the script above, {_IMAGES:,} training images are shuffled and dealt out in **batches** of
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
some units sit out, in validation none does. So does augmentation, and to the last epoch: the
training images are turned and bent before they are read, those of validation never are.
"""

CERTAINTY = """
### Is 63 of 64 better than 62 of 64?

From 64 images nobody can tell. One image more or less is luck, as with dice. The bars show which
true accuracies would make such a score unsurprising: for 62 and for 63 they are nearly the same.
With the 10,000 test images the bars are short, and scores can be compared; even then, two runs that
differ only in their seed will differ by one or two tenths of a percent.
"""
