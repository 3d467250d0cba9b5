"""The settings of a run: from the controls, from presets and from the address."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from digits.recipes import DEFAULT_RECIPE
from model_store.records import Run
from server.resources import Resources
from tests.app.conftest import asked_for, component_data, number, words
from trainer.ready_made import install


def test_a_newcomer_reads_what_to_press(app: AppTest) -> None:
    app.run()
    assert "Press **Train**" in words(app)
    assert app.button(key="train").proto.type == "primary"
    assert "**109,386** weights" in words(app)
    assert next(box for box in app.selectbox if box.label == "Start from").value


def greetings(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(data["network"]) for data in component_data(app) if "about" in data]


def test_whoever_comes_without_wishes_is_greeted(app: AppTest, made: Resources) -> None:
    app.run()
    assert not greetings(app), "there is no network to read yet"
    install(made.store)
    app.run()
    assert greetings(app)[0]["widths"] == [784, 1024, 384, 10]
    assert app.button(key="train").proto.type == "primary"
    app.button(key="add_layer").click().run()
    assert app.button(key="train").proto.type == "primary", "as before: another is another element"
    assert not greetings(app), "the network of the settings is shown"
    assert app.run().query_params
    assert not greetings(app)


def test_train_puts_the_settings_in_line(app: AppTest, made: Resources) -> None:
    app.run()
    number(app, "Epochs").set_value(3)
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert run.settings == {**DEFAULT_RECIPE.model_dump(mode="json"), "epochs": 3}
    assert app.query_params["run"] in (run.id, [run.id])
    assert "**queued**" in words(app)
    assert "warming up" in words(app)
    assert "train" not in {button.key for button in app.button}, "Stop stands in its place"
    assert not app.button(key="stop").disabled


def test_layers_come_and_go_one_by_one(app: AppTest) -> None:
    app.run()
    app.button(key="add_layer").click().run()
    assert "784 → 128 → 64 → 32 → 10" in words(app)
    number(app, "Hidden layer 2").set_value(100).run()
    app.button(key="remove_layer_0").click().run()
    assert "784 → 100 → 32 → 10" in words(app)
    for _ in range(4):
        app.button(key="add_layer").click().run()
    assert app.button(key="add_layer").disabled
    for _ in range(6):
        app.button(key="remove_layer_0").click().run()
    assert "784 → 10: **7,850** weights" in words(app)


@pytest.mark.parametrize(
    ("label", "value", "allowed"),
    [
        ("Hidden layer 1", 0, "each has 1 to 1,024 units"),
        ("Hidden layer 2", 2000, "each has 1 to 1,024 units"),
        ("Batch size", 5000, "from 1 to 4,096"),
        ("Epochs", 0, "from 1 to 50"),
        ("Learning rate", -1.0, "from 0.000001 to 10"),
        ("Dropout", 0.9, "from 0 to 0.8"),
        ("Seed", -1, "a whole number from 0"),
    ],
)
def test_wrong_values_are_refused_beside_the_field(
    app: AppTest, label: str, value: float, allowed: str
) -> None:
    app.run()
    number(app, label).set_value(value).run()
    assert allowed in words(app)
    assert app.button(key="train").disabled
    assert number(app, label).value == value


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"patience": "3", "validation": "0"}, "it needs a validation split above 0"),
        ({"images": "500", "batch": "4096"}, "at most the 500 images that it learns from"),
    ],
)
def test_what_does_not_go_together_is_said_beside_the_field_and_nothing_is_lost(
    app: AppTest, address: dict[str, str], sentence: str
) -> None:
    app.query_params |= address
    app.run()
    assert sentence in words(app), "of the address"
    assert not app.button(key="train").disabled
    for label, value in (
        ("Early stopping", 3),
        ("Validation split", 0.0),
        ("Images used", 500),
        ("Batch size", 4096),
    ):
        number(app, label).set_value(value).run()
    assert sentence in words(app)
    assert app.button(key="train").disabled
    assert number(app, "Early stopping").value == 3


def test_a_preset_sets_every_control(app: AppTest) -> None:
    app.run()
    preset = next(box for box in app.selectbox if box.label == "Start from")
    preset.set_value("Exercise: one layer more").run()
    assert "784 → 128 → 64 → 32 → 10" in words(app)
    assert number(app, "Hidden layer 3").value == 32
    assert number(app, "Learning rate").step == 0.0005
    number(app, "Learning rate").increment().run()
    number(app, "Learning rate").increment().run()
    assert (number(app, "Learning rate").value, number(app, "Learning rate").step) == (0.002, 0.001)
    preset = next(box for box in app.selectbox if box.label == "Start from")
    preset.set_value("Are 500 images enough?").run()
    assert number(app, "Images used").value == 500
    assert app.query_params["images"] in ("500", ["500"])


def test_start_from_names_only_what_is_set(app: AppTest) -> None:
    def start_from():
        return next(box for box in app.selectbox if box.label == "Start from")

    app.run()
    assert start_from().value == "A good recipe for drawings"
    number(app, "Epochs").set_value(3).run()
    assert start_from().value is None
    start_from().set_value("A good recipe for drawings").run()
    assert number(app, "Epochs").value == DEFAULT_RECIPE.epochs
    number(app, "Epochs").set_value(3).run()
    number(app, "Epochs").set_value(DEFAULT_RECIPE.epochs).run()
    assert start_from().value == "A good recipe for drawings"


@pytest.mark.parametrize(
    ("press", "shown"),
    [
        ("add_layer", "784 → 256 → 64 → 32 → 10"),
        ("remove_layer_1", "784 → 256 → 10"),
        ("remove_layer_0", "784 → 64 → 10"),
    ],
)
def test_a_number_that_comes_with_a_press_is_kept(app: AppTest, press: str, shown: str) -> None:
    app.run()
    number(app, "Hidden layer 1").set_value(256)
    number(app, "Epochs").set_value(7)
    app.button(key=press).click().run()
    assert shown in words(app)
    assert number(app, "Epochs").value == 7


def test_what_was_typed_is_there_again_after_another_page(app: AppTest) -> None:
    app.run()
    number(app, "Epochs").set_value(0)
    number(app, "Hidden layer 2").set_value(99).run()
    app.switch_page("../pages/learn.py").run()
    app.switch_page("../pages/train.py").run()
    assert number(app, "Epochs").value == 0
    assert number(app, "Hidden layer 2").value == 99


def test_settings_beside_a_run_stand_in_its_address(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    assert asked_for(app) == {"run": finished_run.id}
    number(app, "Epochs").set_value(7).run()
    changed = {"run": finished_run.id, "layers": "16", "batch": "32", "epochs": "7"}
    assert asked_for(app) == changed
    number(app, "Epochs").set_value(1).run()
    assert asked_for(app) == {"run": finished_run.id}


def test_a_link_brings_a_run_and_other_settings_beside_it(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.query_params["epochs"] = "7"
    app.run()
    assert "**finished**" in words(app)
    assert number(app, "Epochs").value == 7
    assert asked_for(app) == {"run": finished_run.id, "epochs": "7"}


def test_back_to_an_address_of_settings_shows_the_form(app: AppTest, finished_run: Run) -> None:
    app.query_params["run"] = finished_run.id
    app.run()
    number(app, "Epochs").set_value(7).run()
    app.query_params.clear()
    app.query_params["epochs"] = "3"
    app.run()
    assert "Press **Train**" in words(app)
    assert number(app, "Epochs").value == 3
    app.query_params.clear()
    app.query_params["run"] = finished_run.id
    app.run()
    assert "**finished**" in words(app)
    assert number(app, "Epochs").value == 1


def test_settings_come_from_the_address(app: AppTest) -> None:
    app.query_params["layers"] = "32-16"
    app.query_params["epochs"] = "7"
    app.run()
    assert "784 → 32 → 16 → 10" in words(app)
    assert number(app, "Epochs").value == 7


def test_an_address_that_names_a_default_means_the_notebooks_recipe(app: AppTest) -> None:
    app.query_params["epochs"] = "5"
    app.run()
    assert number(app, "Epochs").value == 5
    assert number(app, "Batch size").value == 64
    assert number(app, "Augmentation").value == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("run", "../../etc", "There is no run under this address"),
        ("run", "x" * 3000, "There is no run under this address"),
        ("epochs", "abc", "Epochs: a whole number from 1 to 50, not “abc”"),
        ("layers", "128-9999", "each has 1 to 1,024 units"),
        ("layers", "1-2-3-4-5-6-7", "there can be 0 to 6 of them"),
        ("rate", "nan", "Learning rate: a number"),
        ("optimizer", "<script>", "one of adam"),
    ],
)
def test_nonsense_in_the_address_is_said_and_survived(
    app: AppTest, name: str, value: str, sentence: str
) -> None:
    app.query_params[name] = value
    app.run()
    assert sentence in words(app)
    assert "784 → 128 → 64 → 10" in words(app)
    assert not app.button(key="train").disabled
