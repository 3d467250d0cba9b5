"""The pages, one row each: a new one is its file `pages/NAME.py` and its row here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageRow:
    """What the app has to know of a page.

    Attributes:
        name: of its file in `pages/`, of its room in `ui/` if it has one, and of its address.
        title: its name in the menu.
        icon: a Material symbol.
        loaded_ahead: modules of it that would keep its first visitor waiting.
    """

    name: str
    title: str
    icon: str
    loaded_ahead: tuple[str, ...] = ()

    @property
    def url_path(self) -> str:
        """Its address below the app's own, which is that of the first page."""
        return "" if self == PAGES[0] else self.name


PAGES = (
    PageRow("train", "Train", "play_circle", ("ui.train.run_view", "ui.train.example")),
    PageRow("draw", "Draw", "draw", ("ui.draw.prediction",)),
    PageRow("inside", "Inside", "visibility", ("ui.inside.views",)),
    PageRow("learn", "Learn", "school"),
    PageRow("models", "Models", "inventory_2"),
)
