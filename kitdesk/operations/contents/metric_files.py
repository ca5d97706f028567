"""Metrics in packed files: which files hold some, and what each says (ARCHITECTURE.md, 11)."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.source import Budget, Unreadable
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.metrics.reading import Found, from_values, leaves, merged
from kitdesk.modelkit.metrics.values import Source, VersionMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Reader = Callable[[str, int], bytes]
    """(path, limit) -> the first ``limit`` bytes of a file."""

MAX_BYTES = 1 << 20
"""Of one file; a larger one is told, not read."""
MAX_FILES = 20
"""Files of one version."""
SECONDS = 5.0
"""For the YAML of one file."""
_DVC = "dvc.yaml"
_NAMES = {
    name: rank
    for rank, name in enumerate(
        (
            *(f"metrics.{end}" for end in ("json", "yaml", "yml", "toml")),
            *(f"eval_results.{end}" for end in ("json", "yaml", "yml", "toml", "txt")),
            "all_results.json",
            "wandb-summary.json",
            "readme.md",
        )
    )
}
_LAST = len(_NAMES)
_LINE = re.compile(r"\s*+([^=\s]++)\s*+=\s*+(\S++)\s*+")
"""``eval_loss = 0.25``, a line of eval_results.txt."""


def metrics_in_files(paths: Iterable[str], read: Reader) -> VersionMetrics:
    """Metrics of the files among ``paths`` that hold some, in the order of their trust.

    What cannot be read is a problem, never an error.
    """
    known = {path: _rank(path) for path in paths}
    problems: list[str] = []
    dvc = sorted(path for path in known if posixpath.basename(path) == _DVC)[:MAX_FILES]
    named = [one for path in dvc for one in _dvc_paths(path, read, problems) if one in known]
    ranked = sorted(
        (rank, path.count("/"), path) for path, rank in known.items() if rank is not None
    )
    wanted = list(dict.fromkeys([*named, *(path for _rank, _depth, path in ranked)]))
    if len(wanted) > MAX_FILES:
        problems.append(
            f"Only the first {MAX_FILES} metrics files are read; "
            f"{len(wanted) - MAX_FILES:,} more are left out."
        )
    found = [_of_file(path, read) for path in wanted[:MAX_FILES]]
    return merged([VersionMetrics(problems=tuple(problems)), *found])


def _rank(path: str) -> int | None:
    return _NAMES.get(posixpath.basename(path).lower())


def _of_file(path: str, read: Reader) -> VersionMetrics:
    try:
        values = _values(path, read)
    except (KitDeskError, Unreadable) as error:
        title = error.title if isinstance(error, KitDeskError) else f"{error.text}."
        return VersionMetrics(problems=(f"{path} is not read: {title}",))
    if posixpath.basename(path).lower() == "readme.md":
        return _model_index(values, path)
    if isinstance(values, dict) and posixpath.basename(path) == "wandb-summary.json":
        values = {name: one for name, one in values.items() if not str(name).startswith("_")}
    return from_values(values, path)


def _values(path: str, read: Reader) -> Any:
    """A file as plain values; raises Unreadable, KitDeskError."""
    data = read(path, MAX_BYTES + 1)
    name = path.lower()
    if len(data) > MAX_BYTES:
        if name.endswith(".md"):
            data = data[:MAX_BYTES]
        else:
            raise Unreadable("it is larger than 1 MiB", "size")
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if name.endswith((".yaml", ".yml")):
        return _yaml(text)
    if name.endswith(".md"):
        return _yaml(_front_matter(text))
    try:
        if name.endswith(".toml"):
            return tomllib.loads(text)
        if name.endswith(".txt"):
            return {
                one[1]: _number(one[2]) for one in map(_LINE.fullmatch, text.splitlines()) if one
            }
        return json.loads(text)  # NaN is told by its name, the rest of the file is read
    except (ValueError, RecursionError) as error:
        kind = "TOML" if name.endswith(".toml") else "JSON"
        raise Unreadable(f"it is no {kind}") from error


def _yaml(text: str) -> Any:
    from kitdesk.compare.content.yaml_values import parse_yaml

    return parse_yaml(text, Budget(seconds=SECONDS))


def _front_matter(text: str) -> str:
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return ""
    ends = (at for at, line in enumerate(lines) if at and line.rstrip() in {"---", "..."})
    return "\n".join(lines[1 : next(ends, 1)])


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _dvc_paths(path: str, read: Reader, problems: list[str]) -> list[str]:
    """Files that the ``metrics`` of a dvc.yaml and of its stages name."""
    try:
        values = _values(path, read)
    except (KitDeskError, Unreadable) as error:
        title = error.title if isinstance(error, KitDeskError) else f"{error.text}."
        problems.append(f"{path} is not read: {title}")
        return []
    if not isinstance(values, dict):
        return []
    stages = values.get("stages")
    lists = [values.get("metrics")]
    lists += [
        one.get("metrics") for one in stages.values() if isinstance(one, dict)
    ] if isinstance(stages, dict) else []  # fmt: skip
    base = posixpath.dirname(path)
    names = [
        name
        for one in lists
        if isinstance(one, list)
        for item in one[: MAX_FILES * 10]
        for name in ([item] if isinstance(item, str) else item if isinstance(item, dict) else [])
    ]
    return [
        posixpath.normpath(posixpath.join(base, str(name)))
        for name in names[: MAX_FILES * 10]
        if str(name).lower().endswith((".json", ".yaml", ".yml", ".toml"))
    ]


def _model_index(values: Any, path: str) -> VersionMetrics:
    """``model-index`` of a model card: each metric of each result, by its type."""
    found = Found(Source.FILE, path)
    models = values.get("model-index") if isinstance(values, dict) else None
    for model in models if isinstance(models, list) else ():
        results = model.get("results") if isinstance(model, dict) else None
        for result in results if isinstance(results, list) else ():
            metrics = result.get("metrics") if isinstance(result, dict) else None
            for metric in metrics if isinstance(metrics, list) else ():
                if isinstance(metric, dict) and isinstance(metric.get("type"), str):
                    value = metric.get("value")
                    inner = {metric["type"]: value}
                    for name, one in leaves(inner, found):
                        found.metric(name, one)
    return found.done()
