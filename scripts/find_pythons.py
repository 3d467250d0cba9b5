"""Print the installed Pythons that the app runs on, a path a line, the oldest first.

    python3 scripts/find_pythons.py [--other-than 3.11]

They are looked for by name (python3.12) and among pyenv's. Any Python 3 runs this.
"""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13")
# A Python without ensurepip, such as Debian's without python3-venv, makes no virtual environments.
WHERE_IT_IS = "import ensurepip, sys; print(sys.executable)"


def installed(version: str) -> str | None:
    """The path of a Python of this version that works, if there is one."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for candidate in (shutil.which(name), *pyenv.glob(f"versions/{version}.*/bin/{name}")):
        if candidate is None:
            continue
        done = subprocess.run(
            [candidate, "-c", WHERE_IT_IS], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout.strip()
    return None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other-than", help="a version to leave out, such as 3.11")
    left_out = parser.parse_args().other_than
    for path in filter(None, (installed(each) for each in VERSIONS if each != left_out)):
        print(path)
