"""Tables of what was measured: `docs/figures/*.md`, shown in the documents between two comments.

    python -m benchmarks.figures

brings the documents up to date. A benchmark that is started with `--figures` writes its own table,
with date, commit, machine and command, and does that too.
"""

import argparse
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "figures"
DOCUMENTS = (ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("docs/*.md")))
BLOCK = re.compile(r"(<!-- (docs/figures/[a-z_]+\.md) -->\n).*?(<!-- end -->)", re.DOTALL)
# Of all cores, while nothing is measured yet.
MOST_BUSY_PERCENT = 20.0
SECONDS_LOOKED_AT = 3.0

Rows = Sequence[Sequence[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What every benchmark understands: where its results go."""
    parser.add_argument("--json", type=Path, help="file to write the results to")
    parser.add_argument(
        "--figures", action="store_true", help="write the table in docs/figures, too"
    )


def check_machine(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End with a sentence if figures are to be published from a machine that is busy."""
    if not options.figures:
        return
    busy = psutil.cpu_percent(SECONDS_LOOKED_AT)
    if busy > MOST_BUSY_PERCENT:
        parser.error(
            f"--figures needs a quiet machine, and {busy:.0f}% of this one is busy with something "
            "else. End that, or leave --figures out."
        )


def keep(options: argparse.Namespace, results: Any, name: str, rows: Rows) -> None:
    """Write what was measured to where the command line says.

    Args:
        options: the parsed command line.
        results: for the JSON file.
        name: of the table, without `.md`.
        rows: of the table, the head first.
    """
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    if options.figures:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.md").write_text(f"{table(rows)}\n{provenance()}\n", encoding="utf-8")
        refresh()


def table(rows: Rows) -> str:
    """Rows of a table as Markdown, the head first."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def provenance() -> str:
    """When, of what, on what and by which command something was measured."""
    module = sys.modules["__main__"].__spec__
    words = [module.name if module else Path(sys.argv[0]).name, *map(_bare, sys.argv[1:])]
    command = shlex.join(["python", "-m", *words])
    day = datetime.now(UTC).date().isoformat()
    return f"Measured on {day} at commit {_commit()}, {_machine()}, by `{command}`."


def refresh() -> None:
    """Bring every document up to date."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        if (new := included(text)) != text:
            document.write_text(new, encoding="utf-8")


def included(text: str) -> str:
    """A document with its tables as they are in `docs/figures`."""

    def filled(block: re.Match[str]) -> str:
        return f"{block[1]}{(ROOT / block[2]).read_text(encoding='utf-8')}{block[3]}"

    return BLOCK.sub(filled, text)


def say(message: str) -> None:
    """Tell what is going on, apart from the results."""
    print(message, file=sys.stderr, flush=True)


def _bare(word: str) -> str:
    """A path on this machine says nothing to others: its last part."""
    return Path(word).name if word.startswith("/") else word


def _commit() -> str:
    found = [
        subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "-uno"))
    ]
    commit, changes = (done.stdout.strip() for done in found)
    changed = [line for line in changes.splitlines() if not line.endswith(".md")]
    return f"{commit or 'unknown'}{' with changes' if changed else ''}"


def _machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}"


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    refresh()
