"""The golden pairs of contents: laid out, compared, and held against what must be told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.source import Budget, FileBytes

ROOT = Path(__file__).parents[2] / "golden" / "content"
PAIRS = sorted(
    p.parent for p in ROOT.glob("*/*/expected.json") if p.parent.parent.name != "hostile"
)
HOSTILE = sorted(p.parent for p in ROOT.glob("hostile/*/expected.json"))
NAMED = ("id", "name", "path")


def expected_of(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return found


def file_of(case: Path, side: str, path: str) -> Path | None:
    folder = case / side
    if folder.is_dir():
        return folder / Path(path).name
    found = [
        p
        for p in case.iterdir()
        if p.is_file() and (p.name == side or p.name.startswith(side + "."))
    ]
    return found[0] if found else None


def compared(
    left: Path | None, right: Path | None, name: str, decoder: Any = None
) -> dict[str, Any]:
    """The JSON of two files on the disk, after a way through ``json`` itself."""
    sides = [FileBytes(path) if path else None for path in (left, right)]
    try:
        content = differ(sides[0], name, sides[1], name, Budget(), decoder=decoder)
    finally:
        for side in sides:
            if side is not None:
                side.close()
    done: dict[str, Any] = json.loads(json.dumps(content_json(content), allow_nan=False))
    return done


def case_content(case: Path, decoder: Any = None, *, swapped: bool = False) -> dict[str, Any]:
    path = expected_of(case)["path"]
    sides = [file_of(case, side, path) for side in ("before", "after")]
    if swapped:
        sides.reverse()
    return compared(sides[0], sides[1], path, decoder)


def misses(expect: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Everything in which the content is not as expected; empty = it holds."""
    found: list[str] = []
    partial = expect.get("may_be_partial", False)
    if not partial and not content["complete"]:
        found.append(f"not complete: {content['limits']}")
    for key, want in expect.items():
        if key == "may_be_partial":
            continue
        if key == "same_values":
            told = [
                json.dumps(one["path"]) for one in content.get("values", []) if one["sign"] != "="
            ]
            found += [f"told to differ: {path}" for path in want if json.dumps(path) in told]
        elif key.endswith("_exact"):
            _exact(key.removesuffix("_exact"), expect, content, found)
        else:
            _hold(want, content.get(key, "(missing)"), key, found)
    for key in ("columns", "tables"):
        if key in expect:
            _exact(key, expect, content, found)
    return found


def _exact(key: str, expect: dict[str, Any], content: dict[str, Any], found: list[str]) -> None:
    want, have = expect.get(key, []), content.get(key, [])
    if key == "tensors":
        want, have = want["list"], have["list"]
    known = {_name(one) for one in want}
    found += [
        f"{key}: unexpected {_name(one)} {one}"
        for one in have
        if one.get("sign") != "=" and _name(one) not in known
    ]


def _name(one: dict[str, Any]) -> str:
    return next((json.dumps(one[key]) for key in NAMED if key in one), "")


def _hold(want: Any, have: Any, where: str, found: list[str]) -> None:
    if isinstance(want, dict) and isinstance(have, dict):
        for key, one in want.items():
            if where.endswith("delta") and key == "cosine":
                continue
            _hold(one, have.get(key, "(missing)"), f"{where}.{key}", found)
        return
    if isinstance(want, list) and isinstance(have, list):
        if want and all(isinstance(one, dict) and _name(one) for one in want):
            known = {_name(one): one for one in have}
            for one in want:
                if one.get("sign") == "=" and _name(one) not in known:
                    continue
                _hold(one, known.get(_name(one), "(missing)"), f"{where}[{_name(one)}]", found)
            return
        if len(want) == len(have):
            for at, (a, b) in enumerate(zip(want, have, strict=True)):
                _hold(a, b, f"{where}[{at}]", found)
            return
        if not want and where in {"cells.list", "tensors.list", "values", "facts", "columns"}:
            return  # nothing is asked of it
        if want and isinstance(want[0], dict):
            for at, a in enumerate(want):
                _hold(a, have[at] if at < len(have) else "(missing)", f"{where}[{at}]", found)
            return
    if _equal(want, have, "delta" in where):
        return
    found.append(f"{where}: want {str(want)[:120]!r} have {str(have)[:120]!r}")


def _equal(want: Any, have: Any, loose: bool) -> bool:
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    if isinstance(want, int | float) and isinstance(have, int | float):
        if want == have:
            return True
        close = 1e-3 if loose else 1e-6
        if isinstance(want, int) and isinstance(have, int):
            return False
        return math.isclose(want, have, rel_tol=close, abs_tol=close if loose else 1e-9)
    return type(want) is type(have) and want == have
