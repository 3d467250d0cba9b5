"""Names for the board: nobody writes one, everybody chooses one of a few."""

from random import Random

ADJECTIVES = (
    *("Brave", "Bright", "Calm", "Clever", "Curious", "Gentle", "Happy", "Keen"),
    *("Lucky", "Mellow", "Nimble", "Patient", "Quiet", "Swift", "Tidy", "Wise"),
)
ANIMALS = (
    *("Badger", "Crane", "Dolphin", "Falcon", "Gecko", "Heron", "Ibex", "Koala"),
    *("Lynx", "Marten", "Otter", "Panda", "Raven", "Seal", "Tapir", "Wombat"),
)
OFFERED = 4


def names_offered(visitor: str) -> list[str]:
    """The names among which a visitor may choose, always the same ones."""
    dice = Random(f"names of {visitor}")
    pairs = zip(dice.sample(ADJECTIVES, OFFERED), dice.sample(ANIMALS, OFFERED), strict=True)
    return [f"{adjective} {animal}" for adjective, animal in pairs]
