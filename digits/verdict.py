"""What an accuracy means, in one sentence."""

from digits.settings import TrainingSettings
from digits.words import percent

# Accuracy from which on a word holds. What stands between them is what the networks of this kind
# reach that LeCun and others compare ("Gradient-based learning applied to document recognition",
# 1998, figure 9: 88.0% without a hidden layer, 95.3% with one of 300 units) and, at the top, Simard
# and others ("Best practices for convolutional neural networks", 2003: 98.4% with one of 800).
GOOD, FAIR = 0.953, 0.880
WORDS = (
    (0.984, "Excellent"),
    (0.970, "Very good"),
    (GOOD, "Good"),
    (FAIR, "Fair"),
    (0.150, "Weak"),
)
# A lead of validation that a mean over the epoch alone does not give once a network has settled.
NOTABLE_LEAD = 0.005


def verdict(accuracy: float) -> str:
    """Say how good a network reads, and how often it is wrong.

    Args:
        accuracy: share of the test images that it reads, 0 to 1.

    Returns:
        Markdown, one sentence.
    """
    word = next((word for least, word in WORDS if accuracy >= least), None)
    if word is None:
        return "**No better than guessing**: one digit in ten is right by chance."
    wrong = 1 - accuracy
    if not wrong:
        return f"**{word}**: it misreads none."
    if wrong > 0.3:
        return f"**{word}**: it misreads {100 * wrong:.0f} digits of 100."
    return f"**{word}**: it misreads about 1 digit in {1 / wrong:.0f}."


def why_validation_is_better(
    settings: TrainingSettings, training: float, validation: float | None
) -> str:
    """Say why the images held back were read better than those that were learned from.

    Args:
        settings: of the run.
        training: accuracy as a mean over the last epoch, 0 to 1.
        validation: accuracy after it; None where no images were held back.

    Returns:
        One sentence; empty where they were not, or where nothing makes training harder.
    """
    harder = []
    if settings.augment:
        harder.append("its images are turned and bent (augmentation)")
    if settings.dropout:
        harder.append("some units sit out (dropout)")
    if not harder or validation is None or validation - training < NOTABLE_LEAD:
        return ""
    return (
        f"Validation ({percent(validation)}) is above training ({percent(training)}) because "
        f"training is harder: {' and '.join(harder)}. Validation goes without."
    )
