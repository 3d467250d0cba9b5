"""What no path that visitors reach may use: pickle, code from text, uploads, HTML of theirs."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("pages", "ui", "trainer", "digits", "model_store")
FILES = [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
MODULES = {"pickle", "cloudpickle", "dill", "shelve", "marshal", "joblib"}
CALLS = {"eval", "exec", "compile", "file_uploader", "camera_input", "load_model", "unsafe_load"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_way_in(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                assert not {alias.name.split(".")[0] for alias in names} & MODULES
            case ast.ImportFrom(module=str(module)):
                assert module.split(".")[0] not in MODULES
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                is_method = isinstance(node.func, ast.Attribute)
                is_pattern = name == "compile" and is_method  # re.compile
                assert name not in CALLS or is_pattern, f"{name}() in line {node.lineno}"
            case ast.keyword(arg="allow_pickle" | "unsafe_allow_html", value=value):
                assert isinstance(value, ast.Constant)
                assert value.value is False
            case ast.keyword(arg="unsafe_allow_javascript"):
                pytest.fail("a page runs scripts of its own")
