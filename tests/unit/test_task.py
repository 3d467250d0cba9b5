"""Addresses: tasks that a link sets, and whatever else may stand in one."""

import os
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import FIELDS_BY_ALIAS, TrainingSettings, contradictions
from digits.task import MOST_CHARACTERS, PRESETS, Task, unknown_parameters

# `ADDRESSES=10000 pytest tests/unit/test_task.py` tries as many as the project promises.
ADDRESSES = int(os.environ.get("ADDRESSES", "300"))

parameters = st.sampled_from([*FIELDS_BY_ALIAS, "hide", "lock", "task", "run"]) | st.text()
controls = st.lists(st.sampled_from([*FIELDS_BY_ALIAS, PRESETS, "all", ""]) | st.text()).map(
    ",".join
)
hostile = st.sampled_from(
    [
        *("", "-", "nan", "-inf", "1e999", "9" * 5000, "none", "1-2-3", "1-" * 400, "0x10", "\x00"),
        *("<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "\u202e9\u0661", "%00"),
        *("__class__", "{0.__class__}", "0.001", "adam", "zeros", "9", "0", "1", "500", "4096"),
    ]
)
pairs = st.tuples(parameters, st.text() | hostile | controls | st.floats().map(str))
addresses = st.lists(pairs, max_size=30).map(
    lambda some: "&".join(
        f"{quote_plus(name, errors='replace')}={quote_plus(text, errors='replace')}"
        for name, text in some
    )
) | st.text(max_size=300)


@given(addresses)
@example("hide=all&lock=all&task=" + "%F0%9F%92%A9" * 600)
@example("&".join(f"a{number}=1" for number in range(500)))
@settings(
    max_examples=ADDRESSES, deadline=None, suppress_health_check=[HealthCheck.large_base_example]
)
def test_any_address_gives_settings_a_task_and_what_was_ignored(address: str) -> None:
    query = dict(parse_qsl(address, keep_blank_values=True))
    chosen, refused = TrainingSettings.from_query(query)
    assert TrainingSettings.model_validate(chosen.model_dump()) == chosen
    assert not contradictions(chosen)
    task, ignored = Task.from_query(query)
    assert len(task.text) <= MOST_CHARACTERS
    assert task.text.isprintable() or not task.text
    assert task.held <= {*TrainingSettings.model_fields, PRESETS}
    assert not task.hidden & task.locked
    sentences = refused + ignored + unknown_parameters(query)
    assert all(sentence.endswith(".") and len(sentence) < 250 for sentence in sentences)
    # What was read comes back from the address that says it.
    assert Task.from_query(dict(parse_qsl(urlencode(task.to_query())))) == (task, [])
    assert TrainingSettings.from_query(chosen.to_query()) == (chosen, [])
    for name, alias in ((name, alias) for alias, name in FIELDS_BY_ALIAS.items()):
        asked = query.get(alias)
        said = any(
            each.startswith(f"{TrainingSettings.model_fields[name].title}:") for each in refused
        )
        is_default = getattr(chosen, name) == getattr(NOTEBOOK, name)
        assert asked is None or not said or is_default, "what is refused has its default"


@pytest.mark.parametrize(
    ("query", "hidden", "locked", "sentences"),
    [
        ({"hide": "rate, seed", "lock": "seed,presets"}, "rate seed", "presets", []),
        ({"hide": "layers"}, "layers", "", []),
        ({"lock": ""}, "", "", []),
        (
            {"hide": "rate,a,b,c,d", "lock": "<b>"},
            "rate",
            "",
            [
                "hide: there is no control “a”, “b”, “c” and 1 more.",
                "lock: there is no control “<b>”.",
            ],
        ),
    ],
)
def test_controls_are_named_as_in_the_address(
    query: dict[str, str], hidden: str, locked: str, sentences: list[str]
) -> None:
    task, ignored = Task.from_query(query)
    assert task.hidden == {FIELDS_BY_ALIAS.get(name, name) for name in hidden.split()}
    assert task.locked == {FIELDS_BY_ALIAS.get(name, name) for name in locked.split()}
    assert ignored == sentences
    assert bool(task) is bool(hidden or locked)


def test_everything_can_be_hidden_or_locked_in_a_word() -> None:
    task, _ = Task.from_query({"hide": "all"})
    assert task.hidden == {*TrainingSettings.model_fields, PRESETS}
    assert task.to_query() == {"hide": "all"}


def test_a_text_is_one_line_of_bounded_length_and_says_what_was_cut() -> None:
    task, ignored = Task.from_query({"task": "  Find\na rate\x00\u202ethat \t runs away. "})
    assert (task.text, ignored) == ("Find a rate that runs away.", [])
    task, ignored = Task.from_query({"task": "a" * 600})
    assert task.text == "a" * MOST_CHARACTERS
    assert ignored == ["task: at most 500 characters, not 600; the rest is left out."]


def test_what_is_held_is_kept_whatever_is_set() -> None:
    task = Task(locked=frozenset({"epochs", PRESETS}), hidden=frozenset({"hidden_layers"}))
    typed = {**dict(NOTEBOOK), "hidden_layers": [5], "epochs": 3}
    kept = task.kept(DEFAULT_RECIPE, typed)
    assert (kept.hidden_layers, kept.epochs) == ((5,), 3)
    assert kept.batch_size == DEFAULT_RECIPE.batch_size
    assert not task.permits(DEFAULT_RECIPE, NOTEBOOK)
    assert task.permits(NOTEBOOK.model_copy(update={"seed": 7}), NOTEBOOK)


def test_parameters_that_mean_nothing_are_said_in_one_sentence() -> None:
    of_others = ["run", "embed", "utm_source", "fbclid", "hide", "task", "rate"]
    assert unknown_parameters(of_others) == []
    assert unknown_parameters(["lerning_rate", *of_others]) == [
        "There is no setting “lerning_rate”."
    ]
