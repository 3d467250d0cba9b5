"""What is concluded from clicks, page starts and pages; without a browser."""

import pytest

from benchmarks.hosting import clicks, page_report, page_start


def test_no_two_new_shapes_are_the_same() -> None:
    shapes = [clicks.new_layers(number) for number in range(40)]
    assert len(set(shapes)) == len(shapes)
    assert (128, 64) not in shapes
    costs = [784 * first + first * second for first, second in shapes]
    assert min(costs) > 0.9 * (784 * 128 + 128 * 64)


def test_ratios_to_the_notebook() -> None:
    found = {
        "known": {"first_point": [0.5], "accuracy": [3.0, 2.0, 9.0]},
        "new": {"first_point": [1.0], "accuracy": [5.0]},
        "button": {"word": [0.05]},
    }
    results = clicks.summary(found, [10.0, 11.0, 2.0])
    assert results["ratios"] == {"known": 0.3, "new": 0.5}
    assert results["known"]["accuracy"] == {"min": 2.0, "median": 3.0, "p95": 8.4, "max": 9.0}


def test_starts_are_compared_by_their_medians() -> None:
    found = page_start.summary({"app": [2.6, 9.0, 2.5], "empty": [2.0, 1.9, 5.0]})
    assert found["ratio"] == pytest.approx(1.3)


def test_a_server_that_does_not_start_is_said() -> None:
    class Ended:
        def poll(self) -> int:
            return 1

    with pytest.raises(RuntimeError, match="nobody listens on port 1"):
        page_start.wait_for_port(1, Ended())


def test_pages_are_judged_beside_the_empty_app_on_the_same_screen() -> None:
    def seen(shift: float, task: int, axe: list[str]) -> dict[str, object]:
        return {
            "load": {"shift": shift, "longest_task_ms": task},
            "kilobytes": 1,
            "axe": {"light": [], "dark": axe},
        }

    found = {
        page_report.EMPTY: {"wide": seen(0.06, 200, []), "phone": seen(0.0, 100, [])},
        "draw": {"wide": seen(0.09, 300, []), "phone": seen(0.04, 201, ["region"])},
    }
    kept = page_report.promises(found)
    assert [kept[name] for name in kept if "wide" in name] == [True, True, True]
    assert [kept[name] for name in kept if "phone" in name] == [False, False, False]
    found["draw"]["wide"]["use"] = {"shift": 0.01, "longest_task_ms": 301}
    assert [kept for name, kept in page_report.promises(found).items() if "wide" in name] == [
        False,
        False,
        True,
    ]
    assert page_report.figures(found)[3] == ["draw", "wide", "0.09, 0.01", "300, 301", "1", "none"]
