"""A sample of the hostile input that `python -m tests.faults.fuzz` tries by the 100,000."""

from tests.faults.fuzz_functions import Report, try_functions
from tests.faults.fuzz_server import try_server


def test_functions_survive_hostile_input() -> None:
    report = Report()
    try_functions(400, 1, report)
    assert not report.failures
    for outcome in ("settings refused", "addresses refused", "cookies refused", "drawings refused"):
        assert report.seen[outcome] > 10
    for outcome in ("settings taken", "addresses taken", "drawings taken"):
        assert report.seen[outcome] > 0


def test_a_server_survives_hostile_visitors_and_its_victim_keeps_all() -> None:
    report = Report()
    try_server(requests=80, messages=80, seed=1, workers=False, report=report)
    assert not report.failures
    assert report.tried["requests"] >= 80
    assert report.tried["messages"] >= 80
    assert report.seen["sessions"] > 4
    assert report.seen["request 200"] > 0
