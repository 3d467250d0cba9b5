"""Which runs can share what is compiled. Importing this does not import TensorFlow."""

from dataclasses import dataclass

from digits.settings import TrainingSettings


@dataclass(frozen=True)
class TrainerShape:
    """All that decides what is compiled. Runs that agree in it can use the same trainer."""

    hidden_layers: tuple[int, ...]
    activation: str
    optimizer: str
    batch_size: int
    has_dropout: bool
    has_l2: bool

    @classmethod
    def of(cls, settings: TrainingSettings) -> "TrainerShape":
        """The shape that a run with these settings needs."""
        return cls(
            settings.hidden_layers,
            settings.activation,
            settings.optimizer,
            settings.batch_size,
            settings.dropout > 0,
            settings.l2 > 0,
        )
