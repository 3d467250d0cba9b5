"""What the benchmarks conclude from measurements, and the GPU's check on a CPU."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import figures
from benchmarks.speed import gpu_check, training
from benchmarks.speed.contender import Contender, Lap
from benchmarks.speed.measurements import (
    Measurement,
    disagreeing,
    speed_ratios,
    variation_ratios,
)
from benchmarks.speed.measurements import figures as figures_of_training
from benchmarks.speed.training import ONE_CORE, SETTINGS, main, measurement
from digits.dataset import Mnist


def measured(seconds: float, *losses: float, runs: int = 1) -> Measurement:
    return Measurement(seconds, runs * 60_000 / seconds, list(losses), 100.0, [seconds])


@pytest.fixture
def floor() -> Contender:
    """Return the peer that needs no library, stopped when the test is over."""
    return Contender("floor", SETTINGS, ONE_CORE)


def test_medians_of_rounds(floor: Contender) -> None:
    floor.laps = [Lap(seconds, [0.3, 0.1]) for seconds in (2.0, 9.0, 4.0)]
    found = measurement(floor, epochs=2, runs=2)
    floor.close()
    assert (found.seconds_per_epoch, found.examples_per_second) == (2.0, 60_000)
    assert found.losses == [0.3, 0.1]
    assert found.seconds_of_rounds == [1.0, 4.5, 2.0]


def test_a_contender_trains_in_a_process_of_its_own(floor: Contender) -> None:
    floor.wait_until_warm()
    floor.train(1)
    floor.close()
    assert floor.problem == ""
    assert floor.laps[0].seconds > 0
    assert floor.peak_memory_mb > 50


def test_a_missing_peer_says_why() -> None:
    missing = Contender("nowhere", SETTINGS, {})
    missing.wait_until_warm()
    missing.train(1)
    missing.close()
    assert missing.problem == "No module named 'benchmarks.speed.peers.nowhere'"
    assert missing.laps == []


def test_losses_that_disagree_are_named() -> None:
    found = {
        "a": measured(1, 0.3, 0.100),
        "b": measured(1, 0.3, 0.109),
        "c": measured(1, 0.3, 0.050),
        "d": measured(1, 0.3, float("nan")),
        "floor": measured(1),
    }
    assert list(disagreeing({name: found[name] for name in "abc"})) == ["c"]
    assert "d" in disagreeing({name: found[name] for name in "abd"})
    assert disagreeing({"floor": found["floor"]}) == {}


def test_ratios() -> None:
    programs = {"notebook": measured(5.0), "ours_in_app": measured(0.5)}
    assert speed_ratios(programs) == {"notebook": 10.0, "ours_in_app": 1.0}
    assert speed_ratios({"notebook": measured(5.0)}) == {}
    variations = {
        "plain": measured(0.5),
        "dropout": measured(0.75),
        "two_at_once": measured(0.625, runs=2),
    }
    expected = {"dropout_time": 1.5, "two_at_once_throughput": 1.6}
    assert variation_ratios(variations) == pytest.approx(expected)


def test_each_setting_is_measured_beside_a_plain_run_of_its_own_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    groups = []

    def fake(variants, rounds, epochs):
        groups.append([*variants])
        slower = {name: measured(0.5 if name == "plain" else 0.6) for name in variants}
        return slower, {}

    monkeypatch.setattr(training, "measure", fake)
    ratios = training.setting_ratios(3, 2)
    assert list(ratios) == list(training.CHANGES)
    assert [*ratios.values()] == pytest.approx([1.2] * len(ratios))
    assert all(group[0] == "plain" and len(group) <= training.AT_ONCE + 1 for group in groups)


def test_unknown_variants_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "abacus"])
    assert "abacus" in capsys.readouterr().err


def test_without_a_gpu_the_check_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu_check.main() == 0
    assert "There is no GPU on this machine" in capsys.readouterr().out


def test_the_checks_hold_for_the_cpu_itself(small_mnist: Mnist) -> None:
    assert gpu_check.placement(small_mnist, "/CPU:0").passed
    assert not gpu_check.placement(small_mnist, "/GPU:0").passed
    losses = gpu_check.first_losses(small_mnist)
    assert len(losses) == gpu_check.STEPS
    assert gpu_check.agreement(losses, losses + np.float32(1e-4)).passed
    assert not gpu_check.agreement(losses, losses + np.float32(0.01)).passed


def test_a_failed_check_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [gpu_check.Check("one", True, "well"), gpu_check.Check("two", False, "badly")]
    assert not gpu_check.report(checks)
    assert capsys.readouterr().out == "ok    one: well\nWRONG two: badly\n"


def test_a_table_says_when_and_where_and_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "README.md"
    document.write_text("before\n<!-- docs/figures/one.md -->\nold\n<!-- end -->\nafter\n")
    monkeypatch.setattr(figures, "ROOT", tmp_path)
    monkeypatch.setattr(figures, "FOLDER", tmp_path / "docs" / "figures")
    monkeypatch.setattr(figures, "DOCUMENTS", (document,))
    monkeypatch.setattr(sys, "argv", ["program", "--strokes", "/home/ann/digits.gz"])
    figures.FOLDER.mkdir(parents=True)
    options = Namespace(json=tmp_path / "results" / "one.json", figures=True)
    figures.keep(options, {"a": 1}, "one", [["what", "seconds"], ["a", "1"]])
    shown = document.read_text()
    assert "| what | seconds |\n| --- | --- |\n| a | 1 |\n\nMeasured on 20" in shown
    assert "--strokes digits.gz`" in shown
    assert shown.startswith("before\n")
    assert shown.endswith("<!-- end -->\nafter\n")
    assert "old" not in shown
    assert json.loads(options.json.read_text()) == {"a": 1}


def test_no_figures_from_a_busy_machine(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    parser = ArgumentParser()
    figures.add_arguments(parser)
    monkeypatch.setattr("psutil.cpu_percent", lambda seconds: 60.0)
    figures.check_machine(parser, parser.parse_args([]))
    with pytest.raises(SystemExit):
        figures.check_machine(parser, parser.parse_args(["--figures"]))
    assert "60% of this one is busy" in capsys.readouterr().err


def test_the_table_of_training_has_a_row_a_program() -> None:
    programs = {"notebook": measured(1.2), "ours_in_app": measured(0.2)}
    results = {
        "variants": {name: found._asdict() for name, found in programs.items()},
        "speed_ratios": speed_ratios(programs),
        "variation_ratios": {"dropout_time": 1.5},
    }
    assert figures_of_training(results)[1:] == [
        ["the notebook's way", "1.200", "6.00 times"],
        ["**this project: whole app path and a viewer**", "0.200", ""],
        ["time with dropout, of that without", "1.50 times", ""],
    ]
