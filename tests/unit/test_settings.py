"""The limits of every setting, what is said when they are overstepped, and the URL form."""

from typing import Literal, get_args, get_origin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from digits.settings import (
    ACTIVATIONS,
    MAX_HIDDEN_LAYERS,
    MAX_UNITS,
    OPTIMIZERS,
    ROWS,
    TrainingSettings,
    allowed,
    contradictions,
    limits,
    problems,
)
from digits.settings_in_words import described

FIELDS = TrainingSettings.model_fields
NUMERIC = [name for name, field in FIELDS.items() if field.annotation in (int, float)]


def values_of(name: str) -> st.SearchStrategy[object]:
    """Return a strategy for every value that a field may take."""
    kind = FIELDS[name].annotation
    if name == "hidden_layers":
        units = st.integers(1, MAX_UNITS)
        return st.lists(units, max_size=MAX_HIDDEN_LAYERS).map(tuple)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    lowest, highest = limits(name)
    if kind is int:
        return st.integers(int(lowest), int(highest))
    return st.floats(lowest, highest)


all_settings = st.fixed_dictionaries({}, optional={name: values_of(name) for name in FIELDS}).map(
    TrainingSettings.model_validate
)
names = st.sampled_from([field.alias or name for name, field in FIELDS.items()]) | st.text()
nonsense = st.text() | st.sampled_from(["", "-", "nan", "inf", "-1", "1e999", "1-2-3", "none"])


def refusal(**values: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        TrainingSettings.model_validate(values)
    return problems(caught.value)


def test_defaults_are_the_notebooks() -> None:
    settings = TrainingSettings()
    assert settings.architecture == "784-128-64-10"
    assert settings.parameter_count == 109_386
    assert (settings.optimizer, settings.learning_rate) == ("adam", 0.001)
    assert (settings.batch_size, settings.epochs) == (64, 5)
    assert settings.to_query() == {}


@pytest.mark.parametrize("name", NUMERIC)
def test_both_limits_are_allowed(name: str) -> None:
    for value in limits(name):
        settings = TrainingSettings.model_validate({name: value})
        assert getattr(settings, name) == value


@pytest.mark.parametrize("name", NUMERIC)
def test_beyond_both_limits_is_refused_in_words(name: str) -> None:
    lowest, highest = limits(name)
    for value in (lowest - 1, highest + 1, -highest - 1):
        [sentence] = refusal(**{name: value})
        assert sentence.startswith(f"{FIELDS[name].title}: {allowed(name)}, not “")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many", None, [3], b"\xff"])
@pytest.mark.parametrize("name", NUMERIC)
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    [sentence] = refusal(**{name: value})
    assert sentence.startswith(f"{FIELDS[name].title}: ")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("batch_size", 0, "Batch size: a whole number from 1 to 4,096, not “0”."),
        ("epochs", 51, "Epochs: a whole number from 1 to 50, not “51”."),
        ("epochs", 2.5, "Epochs: a whole number from 1 to 50, not “2.5”."),
        ("learning_rate", 0, "Learning rate: a number from 0.000001 to 10, not “0”."),
        ("dropout", 0.9, "Dropout: a number from 0 to 0.8, not “0.9”."),
        ("l2", -1, "L2 penalty: a number from 0 to 0.1, not “-1”."),
        ("validation_split", 0.6, "Validation split: a number from 0 to 0.5, not “0.6”."),
        ("seed", -1, "Seed: a whole number from 0 to 2,147,483,647, not “-1”."),
        ("activation", "gelu ", f"Activation: one of {', '.join(ACTIVATIONS)}, not “gelu ”."),
        ("optimizer", "lion", f"Optimizer: one of {', '.join(OPTIMIZERS)}, not “lion”."),
        ("hidden_layers", (0,), "Hidden layers: each has 1 to 1,024 units, not “0”."),
        ("hidden_layers", (1025,), "Hidden layers: each has 1 to 1,024 units, not “1025”."),
        ("hidden_layers", (8,) * 7, "Hidden layers: there can be 0 to 6 of them."),
        ("batchsize", 5, "“batchsize” is not a setting."),
        ("epochs", "x" * 99, f"Epochs: a whole number from 1 to 50, not “{'x' * 40}…”."),
    ],
)
def test_sentences(name: str, value: object, sentence: str) -> None:
    assert refusal(**{name: value}) == [sentence]


def test_every_wrong_value_has_its_sentence() -> None:
    sentences = refusal(epochs=0, dropout=2, hidden_layers=(0, 5, 0))
    assert sorted(sentence.split(":")[0] for sentence in sentences) == [
        "Dropout",
        "Epochs",
        "Hidden layers",
    ]


def test_settings_cannot_be_changed_and_serve_as_keys() -> None:
    settings = TrainingSettings()
    with pytest.raises(ValidationError):
        settings.epochs = 3  # type: ignore[misc]
    assert {settings: 1}[TrainingSettings()] == 1


@given(all_settings)
def test_url_round_trip_is_exact_but_for_what_does_not_go_together(
    settings: TrainingSettings,
) -> None:
    apart = contradictions(settings)
    defaults = {name: getattr(TrainingSettings(), name) for name in apart}
    expected = settings.model_copy(update=defaults)
    assert TrainingSettings.from_query(settings.to_query()) == (expected, [*apart.values()])


@given(all_settings)
def test_json_round_trip_is_exact(settings: TrainingSettings) -> None:
    assert TrainingSettings.model_validate_json(settings.model_dump_json()) == settings


@given(st.dictionaries(names, nonsense))
@example({"layers": "9" * 5000, "batch": "9" * 5000})
@example({"rate": "1" * 5000})
def test_nonsense_urls_give_settings_and_reasons(query: dict[str, str]) -> None:
    settings, refused = TrainingSettings.from_query(query)
    assert TrainingSettings.model_validate(settings.model_dump()) == settings
    assert not contradictions(settings)
    titles = {str(field.title) for field in FIELDS.values()}
    assert all(sentence.split(":")[0] in titles for sentence in refused)
    assert all(len(sentence) < 200 for sentence in refused)


def test_one_bad_parameter_leaves_the_others() -> None:
    query = {"layers": "32-16", "batch": "zero", "rate": "0.01", "run": "abc"}
    settings, refused = TrainingSettings.from_query(query)
    assert settings == TrainingSettings(hidden_layers=(32, 16), learning_rate=0.01)
    assert refused == ["Batch size: a whole number from 1 to 4,096, not “zero”."]


@pytest.mark.parametrize(
    ("query", "kept", "said"),
    [
        ({"patience": "3", "validation": "0"}, {"validation": "0"}, "Early stopping: it needs"),
        (
            {"images": "500", "batch": "4096"},
            {"images": "500"},
            "Batch size: at most the 500 images that it learns from, not “4096”.",
        ),
    ],
)
def test_what_does_not_go_together_is_left_out_and_said(
    query: dict[str, str], kept: dict[str, str], said: str
) -> None:
    settings, [sentence] = TrainingSettings.from_query(query)
    assert settings.to_query() == kept
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    ("layers", "text"), [((), "none"), ((5,), "5"), ((300, 100, 50), "300-100-50")]
)
def test_url_form_of_layers(layers: tuple[int, ...], text: str) -> None:
    settings = TrainingSettings(hidden_layers=layers)
    assert settings.to_query() == {"layers": text}
    assert TrainingSettings.from_query({"layers": text}) == (settings, [])


@pytest.mark.parametrize("name", ["activation", "optimizer"])
def test_url_form_of_choices(name: str) -> None:
    for choice in {"activation": ACTIVATIONS, "optimizer": OPTIMIZERS}[name]:
        settings, refused = TrainingSettings.from_query({name: choice})
        assert (getattr(settings, name), refused) == (choice, [])


@given(st.integers(1, 60_000), st.floats(0, 0.5), st.integers(1, 4096))
def test_split_and_steps(examples: int, share: float, batch_size: int) -> None:
    settings = TrainingSettings(validation_split=share, batch_size=batch_size)
    trained, held_back = settings.split(examples)
    assert trained + held_back == examples
    assert trained >= held_back >= 0
    steps = settings.steps_per_epoch(trained)
    assert (steps - 1) * batch_size < trained <= steps * batch_size


def test_fewer_images_and_no_nines_leave_those_held_back_as_they_are() -> None:
    held_back = TrainingSettings().split(60_000)[1]
    assert TrainingSettings(images_used=500).split(60_000) == (500, held_back)
    assert TrainingSettings(left_out="9").split(60_000) == (int(0.88 * 54_000), held_back)
    assert TrainingSettings(left_out="9", images_used=500).split(60_000) == (500, held_back)


def test_what_was_stored_under_other_limits_is_read_as_it_was() -> None:
    values = TrainingSettings(seed=0, validation_split=0, hidden_layers=()).model_dump(mode="json")
    assert (
        TrainingSettings.stored(values)
        == TrainingSettings.from_query({"seed": "0", "validation": "0", "layers": "none"})[0]
    )
    wider = {**values, "hidden_layers": [2048] * 8, "epochs": 80, "optimizer": "lion", "old": 1}
    stored = TrainingSettings.stored(wider)
    assert stored.architecture == "784-" + "2048-" * 8 + "10"
    assert (stored.epochs, stored.optimizer, stored.seed) == (80, "lion", 0)
    with pytest.raises(ValidationError):
        TrainingSettings.model_validate(dict(stored))  # which cannot be carried out all the same


NUMBERS = st.integers(-3, 10_000) | st.floats() | st.text(max_size=3) | st.none() | st.booleans()


@given(st.dictionaries(st.sampled_from([*TrainingSettings.model_fields, "old"]), NUMBERS))
@example({"hidden_layers": [0, -1]})
@example({"hidden_layers": ["2000", None]})
@example({"batch_size": 0, "validation_split": 7.5})
def test_whatever_was_stored_can_be_shown(values: dict[str, object]) -> None:
    stored = TrainingSettings.stored(values)
    assert stored.parameter_count > 0
    assert stored.steps_per_mnist_epoch > 0
    assert described(stored)


def test_what_is_missing_or_makes_no_sense_has_its_default() -> None:
    odd = {"batch_size": 0, "epochs": "80", "learning_rate": None, "hidden_layers": [-5]}
    assert TrainingSettings.stored(odd) == TrainingSettings()
    assert TrainingSettings.stored({}) == TrainingSettings()


@pytest.mark.parametrize(
    ("value", "step"),
    [(1e-6, 5e-7), (0.001, 0.0005), (0.0015, 0.0005), (0.002, 0.001), (0.009, 0.001), (10, 5)],
)
def test_arrows_of_the_learning_rate_go_along_powers_of_ten(value: float, step: float) -> None:
    assert ROWS["learning_rate"].step_at(value) == step
    assert value - step > 0, "an arrow never leads to a rate of 0"


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), None])
def test_what_has_no_logarithm_has_plain_arrows(value: float | None) -> None:
    assert ROWS["learning_rate"].step_at(value) == 0.001
    assert ROWS["dropout"].step_at(0.3) == 0.05
