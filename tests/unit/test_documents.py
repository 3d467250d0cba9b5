"""What the documents mention is there: tables, commands, files, links, targets, variables."""

import argparse
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import figures

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "deploy/README.md")),
    *(ROOT / name for name in ("shipped/README.md", *map(str, (ROOT / "docs").glob("*.md")))),
]
TEXTS = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
BLOCK = re.compile(r"```\w*\n(.*?)```|^((?: {4}[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
# Made by running the app, its tests or its commands.
MADE = (
    ".streamlit/secrets",
    "data/",
    "mnist/",
    "benchmarks/results/",
    "docs/dependency-audit.json",
    "untrained.npz",
    "/",
)
SUFFIXES = ("py", "md", "js", "css", "npz", "json", "yaml", "txt", "toml", "template", "dat")


class Parsed(BaseException):
    """The command line was understood; nothing is to be done."""


def snippets() -> list[tuple[Path, str]]:
    """Return what stands as code, with its document."""
    found = []
    for path, text in TEXTS.items():
        found += [(path, fenced or indented) for fenced, indented in BLOCK.findall(text)]
        for paragraph in BLOCK.sub("", text).split("\n\n"):
            # Every other part stands between backticks.
            found += [(path, " ".join(part.split())) for part in paragraph.split("`")[1::2]]
    return found


def commands() -> set[tuple[str, str]]:
    """Return the modules or scripts that are to be started with Python, and their arguments."""
    found = set()
    for _, snippet in snippets():
        for line in snippet.splitlines():
            for name, words in re.findall(r"python (-m [\w.]+|\S+\.py)\b([^|;&\n)]*)", line):
                found.add((name, words.partition("#")[0].replace("`", "").strip()))
    return {(name, words) for name, words in found if not name.startswith(("-m dask", "-m pip"))}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_are_those_that_were_measured(path: Path) -> None:
    assert figures.included(TEXTS[path]) == TEXTS[path], "python -m benchmarks.figures"


@pytest.mark.parametrize(("name", "words"), sorted(commands()), ids=" ".join)
def test_a_command_is_understood(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parse = argparse.ArgumentParser.parse_args

    def parse_only(parser: argparse.ArgumentParser, *given: object) -> None:
        parse(parser)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_only)
    monkeypatch.delitem(sys.modules, name.removeprefix("-m "), raising=False)
    monkeypatch.setattr(sys, "argv", [name, *shlex.split(words.replace("[", "").replace("]", ""))])
    try:
        if name.startswith("-m "):
            runpy.run_module(name.removeprefix("-m "), run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(str(ROOT / name), run_name="__main__")
    except Parsed:
        return
    except SystemExit:
        pass
    pytest.fail(capsys.readouterr().err or "it parses no command line")


def test_make_has_every_target_and_variable() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    asked = {
        word
        for _, snippet in snippets()
        for words in re.findall(r"(?m)^ *make ((?:[\w-]+(?:=\S*)? ?)+)", snippet)
        for word in words.split()
    }
    for word in asked:
        variable, is_set, _ = word.partition("=")
        assert f"$({variable})" in makefile if is_set else variable in targets, word


def test_every_file_that_is_named_is_there() -> None:
    suffixes = "|".join(SUFFIXES)
    pattern = re.compile(rf"(?<![\w/:.$~{{-])[\w.][\w./*-]*?(?:\.(?:{suffixes})\b|/)(?![\w(])")
    # A file or folder may be named without where it lies.
    names = {path.name for path in tracked()} | {f"{path.parent.name}/" for path in tracked()}
    missing = {
        f"{document.name}: {name}"
        for document, snippet in snippets()
        for name in pattern.findall(snippet)
        if "://" not in snippet
        and not name.startswith(MADE)
        and name not in names
        and not any(list(folder.glob(name)) for folder in (ROOT, document.parent))
    }
    assert missing == set()


def test_every_link_leads_somewhere() -> None:
    for document, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not target.startswith(("http", "#")):
                assert (document.parent / target.partition("#")[0]).exists(), target


def test_every_variable_that_is_named_is_read() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8", errors="ignore")
        for path in tracked()
        if path.suffix in {".py", ".yaml", ".template", ".toml"} or path.name == "Makefile"
    )
    variables = {
        word for _, snippet in snippets() for word in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", snippet)
    }
    known = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", sources))
    assert {name for name in variables if name not in known} == set()


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    return [ROOT / name for name in listed if name != "tests/unit/test_documents.py"]
