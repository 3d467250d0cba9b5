"""The panel of a run: what is said there belongs to one run, and to one moment of it."""

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import Points, State, StoredProgress
from model_store.store import Store
from tests.browser.steps import wait_for_state
from tests.browser.stored_runs import id_of, put_run

WITHOUT_VALIDATION = TrainingSettings(validation_split=0)


def report(store: Store, run: str, accuracy: float, **values: object) -> None:
    """Have a run report 100 steps in which it reads as many images of each batch."""
    steps = np.arange(1, 101, dtype=np.int32)
    series = {
        "loss": np.full(100, 2.3, np.float32),
        "accuracy": np.full(100, accuracy, np.float32),
    }
    store.progress.append(run, "", StoredProgress(Points(steps, series), []), **values)


def test_a_run_that_has_just_begun_says_nothing_of_the_one_before(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/")
    owner = id_of(page, server)
    begun = {"state": State.RUNNING, "step": 100, "total_steps": 4220}
    failed = put_run(store, owner, "failed", WITHOUT_VALIDATION, **begun)
    report(store, failed, 0.1125)
    store.runs.change(failed, state=State.FAILED, failure="It ran away.")
    put_run(store, owner, "next", WITHOUT_VALIDATION, state=State.RUNNING, reported_at=1e12)
    page.goto(f"/?run={failed}")
    shown = page.locator(".st-key-so_far dd")
    expect(shown).to_contain_text("11.2%")
    page.get_by_role("button", name="watch it").click()
    wait_for_state(page, "running")
    expect(shown).to_have_text("-in the newest steps")


def test_a_page_with_a_run_at_rest_follows_when_it_goes_on_elsewhere(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/")
    owner = id_of(page, server)
    settings = TrainingSettings(hidden_layers=(16,), epochs=1)
    run = put_run(store, owner, "paused", settings, state=State.PAUSED)
    page.goto(f"/?run={run}")
    wait_for_state(page, "paused")
    page.get_by_role("button", name="Continue").wait_for()
    page.wait_for_timeout(1000)
    assert store.runs.requeue(run, owner, settings.model_dump(mode="json"))
    page.evaluate("() => { dispatchEvent(new Event('focus')) }")
    wait_for_state(page, "finished")
    expect(page.get_by_role("button", name="Continue")).to_have_count(0)
    # Nobody comes back to the page now: it asks by itself.
    store.runs.change(run, state=State.STOPPED, elapsed=77.0)
    expect(page.locator(".st-key-run_state")).to_contain_text("stopped", timeout=40_000)


def test_a_panel_says_at_once_that_a_run_has_ended_and_how(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/")
    begun = {"state": State.RUNNING, "reported_at": 1e12, "step": 100, "total_steps": 100}
    run = put_run(store, id_of(page, server), "ends", WITHOUT_VALIDATION, **begun)
    page.goto(f"/?run={run}")
    wait_for_state(page, "running")
    page.get_by_role("button", name="Pause").wait_for()
    page.evaluate("""() => {
      const has = (place, words) => document.querySelector(place)?.textContent.includes(words)
      window.contradictions = 0
      new MutationObserver(() => {
        if (!has(".st-key-run_state", "finished")) return
        const isBehind = has(".st-key-verdict", "once it") || has(".st-key-run_buttons", "Pause")
        if (isBehind) window.contradictions++
      }).observe(document.body, { childList: true, subtree: true, characterData: true })
    }""")
    test = {"accuracy": 0.9712, "loss": 0.1, "temperature": 1.0}
    store.runs.change(run, state=State.FINISHED, test=test)
    wait_for_state(page, "finished")
    page.get_by_text("97.12%").first.wait_for()
    assert page.evaluate("window.contradictions") == 0
