"""Nothing that is read is run, and nothing heavy is loaded before its type is met."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTENT = sorted((ROOT / "kitdesk" / "compare" / "content").rglob("*.py"))
FOREIGN = {
    "sklearn", "torch", "joblib", "keras", "onnx", "tensorflow", "pandas", "pyarrow", "skops",
    "cloudpickle", "dill", "pickle", "_pickle", "shelve", "marshal", "xgboost", "lightgbm",
    "catboost", "safetensors", "gguf",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__"}


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_no_library_that_would_run_a_file_is_imported() -> None:
    assert len(CONTENT) > 70
    bad = {path.name: imported(ast.parse(path.read_text())) & FOREIGN for path in CONTENT}
    assert {name: found for name, found in bad.items() if found} == {}


def test_nothing_is_evaluated() -> None:
    for path in CONTENT:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.id if isinstance(function, ast.Name) else ""
                assert name not in CALLS, path
                if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                    called = f"{function.value.id}.{function.attr}"
                    assert called not in {"np.load", "numpy.load", "yaml.load", "yaml.unsafe_load"}


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(' '.join(sys.modules))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_detecting_is_light() -> None:
    found = loaded("import kitdesk.compare.content.detect, kitdesk.compare.content.differ")
    heavy = {"numpy", "duckdb", "h5py", "PIL", "lz4", "packaging", "yaml", "sqlite3", "tomllib"}
    assert found & heavy == set()


def test_a_small_table_needs_no_numpy() -> None:
    found = loaded(
        "from kitdesk.compare.content.differ import differ\n"
        "from kitdesk.compare.content.source import Budget, MemoryBytes\n"
        "left, right = MemoryBytes(b'id,a\\n1,2\\n'), MemoryBytes(b'id,a\\n1,3\\n')\n"
        "assert differ(left, 't.csv', right, 't.csv', Budget()).kind == 'table'"
    )
    assert found & {"numpy", "duckdb", "yaml"} == set()
