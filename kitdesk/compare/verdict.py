"""The verdict as one sentence, from rules."""

from __future__ import annotations

from kitdesk.compare.values import FieldChange, FileChange, FileKind, LayerChange, Sentence, Verdict

NOUNS = {
    "model": "model",
    "modelpart": "model part",
    "dataset": "dataset",
    "code": "code",
    "docs": "docs",
    "prompt": "prompt",
}
UNCOUNTED = {"code", "docs"}


def judge(
    fields: tuple[FieldChange, ...], files: tuple[FileChange, ...], *, same_digest: bool
) -> Verdict:
    """same, packaging or different."""
    if same_digest:
        return Verdict.SAME
    if fields or any(change.kind is not FileKind.MODE for change in files):
        return Verdict.DIFFERENT
    return Verdict.PACKAGING


def headline(
    verdict: Verdict,
    left: str,
    right: str,
    files: tuple[FileChange, ...],
    layers: tuple[LayerChange, ...],
    sentences: tuple[Sentence, ...],
    *,
    folder: bool = False,
) -> str:
    """What the comparison says, in one sentence."""
    subject = "This folder" if folder else right
    if verdict is Verdict.SAME:
        if folder:
            return f"This folder is exactly {left}."
        return "These two tags are the same version." if left != right else "One and the same."
    if verdict is Verdict.PACKAGING:
        return "Only packaging differs; every file has the same bytes."
    parts = _parts(files, layers)
    if parts:
        return f"{subject} has {_list(parts)}."
    if sentences:
        if len(sentences) == 1:
            text = sentences[0].text
            return f"Only the Kitfile differs: {text[0].lower()}{text[1:]}"
        return f"Only the Kitfile differs, in {len(sentences)} places."
    if any(layer.verdict is not Verdict.SAME for layer in layers):
        return f"{subject} differs in files of the same size; fetching it tells which."
    return "Only the Kitfile differs."


def _parts(files: tuple[FileChange, ...], layers: tuple[LayerChange, ...]) -> list[str]:
    """``a new model``, ``one more dataset``, ``changed code``: one phrase a kind."""
    whole: dict[str, set[str]] = {}
    for layer in layers:
        if not layer.left:
            whole.setdefault(layer.kind, set()).add("more")
        elif not layer.right:
            whole.setdefault(layer.kind, set()).add("less")
    changed: dict[str, set[FileKind]] = {}
    for change in files:
        changed.setdefault(change.layer or "code", set()).add(change.kind)
    result = []
    for kind, noun in NOUNS.items():
        kinds = changed.get(kind, set())
        if not kinds:
            continue
        gone, more = "less" in whole.get(kind, ()), "more" in whole.get(kind, ())
        if kind == "model":
            only = kinds - {FileKind.MODE}
            result.append(
                "no model any more"
                if gone and not more
                else "a new model"
                if only
                else "other modes in the model"
            )
        elif kinds <= {FileKind.ADDED} and more:
            result.append(f"more {noun}" if kind in UNCOUNTED else f"one more {noun}")
        elif kinds <= {FileKind.REMOVED} and gone:
            result.append(f"less {noun}" if kind in UNCOUNTED else f"one {noun} less")
        elif kind in UNCOUNTED:
            result.append(f"changed {noun}")
        else:
            result.append(f"a changed {noun}")
    return result


def _list(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
