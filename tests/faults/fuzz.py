"""Hostile input by the hundred thousand, and what it did.

    python -m tests.faults.fuzz --cases 100000 --seed 1

Most cases go to the functions that read what visitors send; a twentieth goes as requests, another
as messages over the websocket, to a real server that keeps a victim's runs. The exit status
is 1, and each case is named, if anything failed.
"""

import argparse
import sys

from tests.faults.fuzz_functions import Report, try_functions
from tests.faults.fuzz_server import try_server


def fuzz(cases: int, seed: int, workers: bool) -> Report:
    """Try `cases` cases: nine tenths on functions, the others on a server."""
    report = Report()
    try_functions(cases * 9 // 10, seed, report)
    try_server(cases // 20, cases // 20, seed, workers, report)
    return report


def main() -> int:
    """Fuzz, print what happened, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", action="store_true", help="with workers that train, too")
    options = parser.parse_args()
    report = fuzz(options.cases, options.seed, options.workers)
    for title, counts in (("tried", report.tried), ("seen", report.seen)):
        print(title)
        for name, count in sorted(counts.items()):
            print(f"{count:10,}  {name}")
    print(f"failed: {report.seen['failures']}", *report.failures, sep="\n")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
