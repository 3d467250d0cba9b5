"""Every Python that the README names is found, and named in one way everywhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import find_pythons

ROOT = Path(__file__).parents[2]
THIS = ".".join(map(str, sys.version_info[:2]))


@pytest.mark.parametrize("name", ["README.md", "Makefile", "scripts/check_python.py"])
def test_readers_are_told_of_the_same_pythons(name: str) -> None:
    found = re.search(r"Python 3\.11(?:,| or) [\d., or]*3\.\d+", (ROOT / name).read_text())
    assert found
    assert tuple(re.findall(r"\d\.\d+", found[0])) == find_pythons.VERSIONS


@pytest.fixture
def pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave on the path, and in pyenv's folder, what the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path / "pyenv" / "versions"


def put(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_python_is_found_by_name_or_among_pyenvs(pyenv: Path, tmp_path: Path) -> None:
    assert find_pythons.installed(THIS) is None
    put(pyenv / f"{THIS}.1" / "bin" / f"python{THIS}", f'exec {sys.executable} "$@"')
    assert find_pythons.installed(THIS) == sys.executable
    # Such as pyenv's own name for a version that it has but does not use.
    put(tmp_path / "bin" / f"python{THIS}", "echo command not found >&2; exit 127")
    assert find_pythons.installed(THIS) == sys.executable


def test_the_version_that_one_has_can_be_left_out() -> None:
    def printed(*arguments: str) -> list[str]:
        program = [sys.executable, str(ROOT / "scripts" / "find_pythons.py"), *arguments]
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        return done.stdout.split()

    others = printed("--other-than", THIS)
    assert set(printed()) > set(others)
    assert all(os.access(path, os.X_OK) for path in printed())


def value_in_make(name: str, **environment: str) -> str:
    """What a variable of the Makefile holds, also where a `make` with options runs these tests."""
    command = ["make", "--silent", "--eval", "show-%: ; @echo $($*)", f"show-{name}"]
    around = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.check_output(
        command, cwd=ROOT, env={**around, **environment}, text=True
    ).strip()


@pytest.mark.parametrize(
    ("name", "default"), [("PORT", "8501"), ("PYTHON", "python3"), ("CLUSTER_DATA", "data/cluster")]
)
def test_an_empty_variable_counts_as_unset_in_make(name: str, default: str) -> None:
    assert value_in_make(name, **{name: ""}).startswith(default)
    assert value_in_make(name, **{name: "from-here"}) == "from-here"
