"""Back, Forward, reload and the address; what is typed and pressed at once; in a real browser."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from digits.settings import TrainingSettings
from tests.browser.steps import press_train, press_train_for_long, wait_for_state, wait_until
from ui.pages import PAGES

Visitor = Callable[..., Page]


def field(page: Page, label: str):
    """Find the number field with this label.

    The first, because a moment after it was set anew there is the one before, too.
    """
    return page.get_by_label(label, exact=True).first


def type_number(page: Page, label: str, number: int) -> None:
    field(page, label).fill(str(number))
    field(page, label).press("Enter")


def history_length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_edits_of_settings_add_nothing_to_the_history(page: Page) -> None:
    before = history_length(page)
    for epochs in (3, 4, 6):
        type_number(page, "Epochs", epochs)
        page.wait_for_url(f"**epochs={epochs}*")
    assert history_length(page) == before
    page.go_back()
    page.wait_for_url("about:blank")


def test_a_run_is_one_step_and_back_from_it_shows_the_form_again(page: Page) -> None:
    before = history_length(page)
    type_number(page, "Epochs", 2)
    page.wait_for_url("**epochs=2*")
    press_train(page)
    wait_for_state(page, "finished")
    assert history_length(page) == before + 1
    address = page.url
    page.go_back()
    page.get_by_text("two curves appear here").wait_for()
    assert "run=" not in page.url
    assert "epochs=2" in page.url
    expect(field(page, "Epochs")).to_have_value("2")
    page.go_forward()
    wait_for_state(page, "finished")
    assert page.url == address
    page.go_back()
    page.get_by_text("two curves appear here").wait_for()
    page.go_back()
    page.wait_for_url("about:blank")


def test_a_run_from_a_bare_address_leaves_the_form_below_it(page: Page) -> None:
    press_train_for_long(page)
    page.goto("/")
    page.locator(".st-key-train button").click()
    page.wait_for_url("**run=*")
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    page.go_back()
    page.get_by_text("two curves appear here").wait_for()
    assert "run=" not in page.url


def test_a_look_at_other_pages_is_one_step_each(page: Page) -> None:
    page.goto("/?epochs=2")
    field(page, "Epochs").wait_for()
    press_train(page)
    wait_for_state(page, "finished")
    before = history_length(page)
    page.get_by_role("link", name="Draw").first.click()
    page.wait_for_url("**/draw?run=*")
    page.get_by_role("link", name="Train").first.click()
    wait_for_state(page, "finished")
    page.wait_for_url("**/?run=*")
    assert history_length(page) == before + 2
    page.go_back()
    page.locator(".st-key-pad canvas.upper-canvas").wait_for()
    page.go_back()
    wait_for_state(page, "finished")


def test_settings_beside_a_run_survive_reload_and_are_in_its_link(
    page: Page, visitor: Visitor
) -> None:
    page.goto("/?layers=24&epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    before = history_length(page)
    type_number(page, "Epochs", 7)
    page.wait_for_url("**epochs=7*")
    assert history_length(page) == before
    page.reload()
    wait_for_state(page, "finished")
    expect(field(page, "Epochs")).to_have_value("7")
    friend = visitor(page.url)
    wait_for_state(friend, "finished")
    expect(field(friend, "Epochs")).to_have_value("7")
    expect(field(friend, "Hidden layer 1, units")).to_have_value("24")
    page.get_by_role("link", name="Learn").first.click()
    page.wait_for_url("**/learn*")
    page.go_back()
    wait_for_state(page, "finished")
    expect(field(page, "Epochs")).to_have_value("7")


def test_a_link_with_a_task_shows_just_that_and_hands_it_on(visitor: Visitor) -> None:
    every = {
        **{"layers": "24-12", "activation": "tanh", "optimizer": "nesterov", "rate": "0.02"},
        **{"schedule": "step", "weights": "he", "loss": "squared error", "batch": "128"},
        **{"epochs": "1", "dropout": "0.1", "l2": "0.001", "l1": "0.00001", "smoothing": "0.1"},
        **{"patience": "2", "validation": "0.2", "images": "2000"},
        **{"mislabelled": "0.05", "without": "9", "seed": "7"},
    }
    settings, refused = TrainingSettings.from_query(every)
    assert (settings.to_query(), refused) == (every, [])
    held = {"hide": "patience,seed", "lock": "epochs,layers", "task": "Which **digit** suffers?"}
    page = visitor(f"/?{urlencode(every | held)}")
    page.get_by_text("Which **digit** suffers?").first.wait_for()
    expect(field(page, "Epochs")).to_be_disabled()
    expect(page.locator(".st-key-add_layer button").first).to_be_disabled()
    page.get_by_text("More settings").click()
    expect(field(page, "Images used")).to_have_value("2000")
    expect(page.get_by_label("Seed", exact=True)).to_have_count(0)
    press_train(page)
    wait_for_state(page, "finished")
    friend = visitor(page.url)
    friend.get_by_text("Which **digit** suffers?").first.wait_for()
    wait_for_state(friend, "finished")
    friend.get_by_text("More settings").click()
    expect(field(friend, "Epochs")).to_be_disabled()
    friend.locator(".st-key-leave_task button").first.click()
    expect(field(friend, "Epochs")).to_be_enabled()
    expect(field(friend, "Seed")).to_have_value("7")
    shown = {
        **{"Learning rate": "0.02", "Batch size": "128", "Dropout": "0.1", "Early stopping": "2"},
        **{"L2 penalty": "0.001", "L1 penalty": "0.00001", "Wrong labels": "0.05"},
        **{"Validation split": "0.2", "Label smoothing": "0.1"},
    }
    for label, value in shown.items():
        expect(field(friend, label)).to_have_value(value)
    assert "hide=" not in friend.url


@pytest.mark.parametrize(
    ("button", "then"),
    [
        (".st-key-add_layer button", "784 → 256 → 64 → 32 → 10"),
        (".st-key-remove_layer_1 button", "784 → 256 → 10"),
        (".st-key-train button", "784 → 256 → 64 → 10"),
    ],
)
def test_a_number_typed_and_then_at_once_a_press_is_kept(
    page: Page, button: str, then: str
) -> None:
    field(page, "Hidden layer 1, units").fill("256")
    page.locator(button).first.click()
    page.get_by_text(then).wait_for()
    expect(field(page, "Hidden layer 1, units")).to_have_value("256")
    if "train" in button:
        page.locator(".st-key-stop button").click()
        page.get_by_role("link", name="Models").first.click()
        page.get_by_text("784-256-64-10").first.wait_for()


def test_a_number_typed_and_then_at_once_another_page_is_kept(page: Page) -> None:
    field(page, "Epochs").fill("9")
    page.get_by_role("link", name="Learn").first.click()
    page.get_by_role("heading", name="How a network learns").wait_for()
    page.get_by_role("link", name="Train").first.click()
    expect(field(page, "Epochs")).to_have_value("9")
    page.wait_for_url("**epochs=9*")


def test_start_from_names_only_what_is_set_and_can_be_chosen_again(page: Page) -> None:
    chosen = page.locator("[data-testid=stSelectbox]").first
    expect(chosen.locator("input")).to_have_value("A good recipe for drawings")
    type_number(page, "Epochs", 3)
    page.wait_for_url("**epochs=3*")
    expect(chosen.locator("input")).not_to_have_value("A good recipe for drawings")
    chosen.locator("input").click()
    page.get_by_role("option", name="A good recipe for drawings").click()
    expect(field(page, "Epochs")).to_have_value("40")
    expect(chosen.locator("input")).to_have_value("A good recipe for drawings")


def test_a_number_typed_and_then_at_once_train_is_trained_with(page: Page) -> None:
    field(page, "Epochs").fill("1")
    page.locator(".st-key-train button").click()
    wait_for_state(page, "finished")
    page.get_by_text("epoch 1 of 1").or_(page.get_by_text("1 epoch")).first.wait_for()
    wait_until(page, "location.search.includes('run=')")
    expect(field(page, "Epochs")).to_have_value("1")


def test_more_settings_stays_open_whatever_is_pressed(page: Page) -> None:
    page.get_by_text("More settings").click()
    field(page, "Seed").wait_for()
    expect(field(page, "Seed")).to_be_visible()
    page.locator(".st-key-remove_layer_1 button").first.click()
    # With the field the button below it moves, and a press meanwhile would miss it.
    expect(field(page, "Hidden layer 2, units")).to_have_count(0)
    page.get_by_text("784 → 128 → 10").wait_for()
    expect(field(page, "Seed")).to_be_visible()
    page.locator(".st-key-add_layer button").click()
    page.get_by_text("784 → 128 → 32 → 10").wait_for()
    expect(field(page, "Seed")).to_be_visible()
    press_train(page)
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    expect(field(page, "Seed")).to_be_visible()
    page.get_by_text("Start afresh").click()
    page.get_by_text("two curves appear here").wait_for()
    expect(field(page, "Seed")).to_be_visible()


def test_a_new_run_does_not_say_how_the_one_before_it_ended(page: Page) -> None:
    press_train_for_long(page)
    spoken = page.locator(".live-spoken")
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    expect(spoken).to_contain_text("The training")
    page.locator(".st-key-train button").click()
    page.locator(".st-key-stop button").wait_for()
    expect(spoken).not_to_contain_text("The training")
    page.locator(".st-key-stop button").click()
    expect(spoken).to_contain_text("The training")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_pages_are_in_sight_by_name(visitor: Visitor, width: int) -> None:
    page = visitor("/", width)
    for each in (*PAGES[1:], PAGES[0]):
        link = page.get_by_role("link", name=each.title, exact=True)
        box = link.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 60
        assert box["height"] >= 32
        link.click()
        page.wait_for_url(f"**/{each.url_path}")
    assert page.get_by_test_id("stExpandSidebarButton").count() == 0


FOCUSED = "document.activeElement.closest('[class*=st-key-]')?.className ?? 'nothing'"


def test_the_focus_of_a_keyboard_goes_on_to_what_can_be_done_now(page: Page) -> None:
    page.goto("/?batch=16&epochs=50")
    page.get_by_text("784 → 128").wait_for()
    page.locator(".st-key-train button").press("Enter")
    wait_until(page, f"({FOCUSED}).includes('st-key-stop')")
    page.locator(".st-key-run_state").get_by_text("running").wait_for()
    page.keyboard.press("Enter")
    wait_for_state(page, "stopped")
    wait_until(page, f"({FOCUSED}).includes('st-key-resume')")


def test_a_link_is_shared_by_keyboard(page: Page, visitor: Visitor) -> None:
    page.goto("/?layers=24&epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    address = page.url
    type_number(page, "Epochs", 7)
    page.wait_for_url("**epochs=7*")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share").press("Enter")
    page.get_by_text("Link copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == address
    friend = visitor(address)
    wait_for_state(friend, "finished")
    friend.get_by_text("shared with you by its link").wait_for()
    said = friend.locator(".st-key-workspace").inner_text().lower()
    assert "your run" not in said
    assert "your network" not in said


def test_a_link_is_shown_where_the_clipboard_is_refused(page: Page) -> None:
    page.goto("/?layers=24&epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('refused') }")
    page.get_by_role("button", name="Share").click()
    page.get_by_text("does not let this page copy").wait_for()
    link = page.get_by_label("Link to this run")
    expect(link).to_have_value(page.url)
    assert page.evaluate("getSelection().toString()") == page.url


def test_on_a_phone_the_settings_are_one_press_away(visitor: Visitor) -> None:
    page = visitor("/?layers=24&epochs=1", 390)
    page.get_by_text("784 → 24").wait_for()
    press_train(page)
    wait_for_state(page, "finished")
    settings = page.get_by_role("button", name="Change settings")
    expect(settings).to_be_in_viewport()
    page.wait_for_timeout(500)
    settings.click()
    expect(page.locator(".st-key-train button")).to_be_in_viewport()
    expect(page.get_by_text("Start from")).to_be_in_viewport()
    page.locator(".st-key-train button").click()
    expect(page.locator(".st-key-run_state strong")).to_be_in_viewport()


def test_another_page_begins_at_its_heading(page: Page) -> None:
    page.goto("/learn")
    page.get_by_role("heading", name="How a network learns").wait_for()
    page.locator("#keras").scroll_into_view_if_needed()
    page.locator(".st-key-menu").get_by_role("link", name="Inside").click()
    heading = page.get_by_role("heading", name="Inside the network")
    heading.wait_for()
    expect(heading).to_be_in_viewport()
