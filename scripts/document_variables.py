"""Write the table of environment variables into docs/operations.md.

python -m scripts.document_variables
"""

import re
from pathlib import Path

from config.environment import VARIABLES, Variable

DOCUMENT = Path(__file__).parents[1] / "docs" / "operations.md"
HEAD = "| variable | default | meaning |\n| --- | --- | --- |\n"


def table() -> str:
    """The table in Markdown."""
    return HEAD + "".join(_row(name, variable) for name, variable in VARIABLES.items())


def _row(name: str, variable: Variable) -> str:
    default = f"{variable.default:g}" if isinstance(variable.default, (int, float)) else ""
    if isinstance(variable.default, str) and variable.default:
        default = f"`{variable.default}`"
    return f"| `{name}` | {variable.described or default or 'none'} | {variable.meaning} |\n"


def main() -> None:
    """Replace the table that is there."""
    document, times = re.subn(
        rf"{re.escape(HEAD)}(\|.*\n)*", lambda _: table(), DOCUMENT.read_text()
    )
    assert times == 1, f"expected one table of variables in {DOCUMENT}, found {times}"
    DOCUMENT.write_text(document)


if __name__ == "__main__":
    main()
