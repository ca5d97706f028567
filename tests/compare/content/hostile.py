"""Compares hostile files under limits of memory: python -m tests.compare.content.hostile CASE..."""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kitdesk.services.aside import Aside
from tests.compare.content.golden import HOSTILE, ROOT, compared, expected_of

MEMORY_BYTES = 1 << 30


def resident() -> int:
    """Greatest resident memory of this program in KiB; getrusage counts what forked it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _materialise() -> Any:
    """The module that lies with the data."""
    spec = importlib.util.spec_from_file_location("materialise", ROOT / "materialise.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(names: list[str]) -> None:
    """One JSON line a case: what came out, seconds, resident memory so far in MiB."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    build = _materialise().build
    with Aside() as aside, tempfile.TemporaryDirectory() as folder:
        for case in HOSTILE:
            if names and case.name not in names:
                continue
            left, right = Path(folder) / case.name / "left", Path(folder) / case.name / "right"
            build(case, left, right)
            path = expected_of(case)["path"]
            start = time.perf_counter()
            content = compared(left / path, right / path, path, aside)
            told = {
                "case": case.name,
                "seconds": round(time.perf_counter() - start, 3),
                "memory": resident() >> 10,
                "left": sorted(str(p.relative_to(left)) for p in left.rglob("*")),
                "content": content,
            }
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
