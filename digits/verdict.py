"""How good an accuracy on MNIST's test images is, in one sentence."""

# Accuracy from which on a word holds. What stands between them is what the networks of this kind
# reach that LeCun and others compare ("Gradient-based learning applied to document recognition",
# 1998, figure 9: 88.0% without a hidden layer, 95.3% with one of 300 units) and, at the top, Simard
# and others ("Best practices for convolutional neural networks", 2003: 98.4% with one of 800).
WORDS = (
    (0.984, "Excellent"),
    (0.970, "Very good"),
    (0.953, "Good"),
    (0.880, "Fair"),
    (0.150, "Weak"),
)


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
