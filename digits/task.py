"""A task that somebody sets by a link: what to do, and which controls are there for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from digits.challenges import challenge_named
from digits.settings import FIELDS_BY_ALIAS, TrainingSettings

MOST_CHARACTERS = 500
# The list of settings that belong together is a control too.
PRESETS = "presets"
ALL = "all"
# Parameters that an address may have beside settings and a task; others are said to be none.
_OTHERS = ("run", "embed", "embed_options")
_OF_TRACKERS = ("utm_", "fbclid", "gclid")
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Task:
    """What a link says beside the settings.

    Attributes:
        text: plain text of at most `MOST_CHARACTERS`, in one line; empty where there is none.
        hidden: fields of the settings, and `presets`, whose controls are not shown.
        locked: those whose controls are shown and cannot be changed.
        challenge: the name of the one that is tried; empty where none is.
    """

    text: str = ""
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    challenge: str = ""

    def __bool__(self) -> bool:
        """Whether the link said anything of the kind."""
        return bool(self.text or self.held or self.challenge)

    @property
    def held(self) -> frozenset[str]:
        """What stays as the link has it."""
        return self.hidden | self.locked

    def kept(self, settings: TrainingSettings, before: Mapping[str, Any]) -> TrainingSettings:
        """The settings, with what is held as it was in `before`."""
        held = {name: before[name] for name in self.held - {PRESETS}}
        return settings.model_copy(
            update={
                name: tuple(value) if isinstance(value, list) else value
                for name, value in held.items()
            }
        )

    def permits(self, settings: TrainingSettings, before: TrainingSettings) -> bool:
        """Whether one can come to these settings from those before with the controls there are."""
        return self.kept(settings, dict(before)) == settings

    def to_query(self) -> dict[str, str]:
        """The parameters that say it; none where nothing is said."""
        listed = {"hide": _listed(self.hidden), "lock": _listed(self.locked)}
        said = {**listed, "task": self.text, "challenge": self.challenge}
        return {name: text for name, text in said.items() if text}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["Task", list[str]]:
        """Read `hide`, `lock` (names as in the address, by commas), `task` and `challenge`.

        Returns:
            The task, and a sentence for each parameter of which something was ignored.
        """
        ignored: list[str] = []
        hidden = _named(query.get("hide", ""), "hide", ignored)
        locked = _named(query.get("lock", ""), "lock", ignored)
        # Control characters, and those that turn the direction of writing, are no text.
        printable = "".join(each if each.isprintable() else " " for each in query.get("task", ""))
        text = " ".join(printable.split())
        if len(text) > MOST_CHARACTERS:
            ignored.append(
                f"task: at most {MOST_CHARACTERS} characters, not {len(text):,}; the rest is "
                "left out."
            )
        challenge = query.get("challenge", "")
        if challenge and challenge_named(challenge) is None:
            ignored.append(f"challenge: there is none called {_quoted([challenge])}.")
            challenge = ""
        text = text[:MOST_CHARACTERS].rstrip()
        return cls(text, hidden, locked - hidden, challenge), ignored


def unknown_parameters(query: Collection[str]) -> list[str]:
    """A sentence about the parameters of an address that mean nothing here, if there are any."""
    known = {*FIELDS_BY_ALIAS, "hide", "lock", "task", "challenge", *_OTHERS}
    unknown = [name for name in query if name not in known and not name.startswith(_OF_TRACKERS)]
    return [f"There is no setting {_quoted(unknown)}."] if unknown else []


def _named(text: str, parameter: str, ignored: list[str]) -> frozenset[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if ALL in words:
        return frozenset({*FIELDS_BY_ALIAS.values(), PRESETS})
    unknown = [word for word in words if word not in {*FIELDS_BY_ALIAS, PRESETS}]
    if unknown:
        ignored.append(f"{parameter}: there is no control {_quoted(unknown)}.")
    return frozenset(FIELDS_BY_ALIAS.get(word, word) for word in words if word not in unknown)


def _listed(names: frozenset[str]) -> str:
    if names == {*FIELDS_BY_ALIAS.values(), PRESETS}:
        return ALL
    aliases = {name: alias for alias, name in FIELDS_BY_ALIAS.items()}
    return ",".join(sorted(aliases.get(name, name) for name in names))


def _quoted(words: list[str]) -> str:
    shown = ", ".join(f"“{word[:40]}”" for word in words[:_NAMES_SHOWN])
    more = len(words) - _NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
