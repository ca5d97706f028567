"""Changes single values of a Kitfile's text; comments, order and quoting of the rest survive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kitdesk.errors import BadKitfile
from kitdesk.modelkit.kitfile import emitter, grammar
from kitdesk.modelkit.kitfile.patcher import Patcher
from kitdesk.modelkit.yaml.nodes import Node, YamlSyntaxError, compose

if TYPE_CHECKING:
    from kitdesk.modelkit.kitfile.diagnostics import Edit
    from kitdesk.modelkit.kitfile.emitter import Value
    from kitdesk.modelkit.kitfile.model import LayerKind

Path = tuple[str | int, ...]
_LISTS = ("code", "datasets", "docs", "prompts")


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with edits carried out; their offsets all count in the old text."""
    for edit in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def set_field(
    text: str,
    path: tuple[str | int, ...],
    value: str | int | float | bool | list[str] | None,
) -> str:
    """Return ``text`` with the field at ``path`` set, created or (None) removed.

    ``path`` mixes names and indexes, such as ``("datasets", 0, "path")``; items that kit drops
    because they are null do not count; an index behind the last appends. Raises BadKitfile for a
    text that is no YAML or where the field cannot be changed alone, IndexError for a gap.
    """
    if value is None:
        return _remove(text, path)
    return _set(text, path, value)


def add_entry(text: str, section: str, grammar: dict[str, str]) -> str:
    """Return ``text`` with one more entry in ``section``: code, datasets, docs or prompts.

    For ``model`` the given fields are set in the one model there is. Raises BadKitfile.
    """
    if section not in _LISTS:
        for name, value in grammar.items():
            text = _set(text, (section, name), value)
        return text
    found = _find(_compose(text), (section,))
    count = 0
    if found is not None and found.kind == "seq":
        count = sum(not item.is_null for item in found.content)
    return _set(text, (section, count), dict(grammar))


def starter(name: str, entries: Iterable[tuple[LayerKind, str]]) -> str:
    """Return a first Kitfile for the project ``name`` with these kinds and paths.

    Of several models the first is the model, the others are its parts; a path counts once.
    """
    models: list[str] = []
    parts: list[str] = []
    lists: dict[str, list[Value]] = {section: [] for section in _LISTS}
    sections = {"code": "code", "dataset": "datasets", "docs": "docs", "prompt": "prompts"}
    seen: set[str] = set()
    for kind, path in entries:
        if path in seen:
            continue
        seen.add(path)
        if kind == "model":
            models.append(path)
        elif kind == "modelpart":
            parts.append(path)
        elif kind == "dataset":
            stem = path.rstrip("/").rpartition("/")[2].partition(".")[0]
            lists["datasets"].append({"name": stem or path, "path": path})
        else:
            lists[sections[kind]].append({"path": path})
    kitfile: dict[str, Value] = {"manifestVersion": "1.0.0", "package": {"name": name}}
    rest = [*models[1:], *parts]
    if models or parts:
        model: dict[str, Value] = {"name": name}
        if models:
            model["path"] = models[0]
        if rest:
            model["parts"] = [{"path": path} for path in rest]
        kitfile["model"] = model
    kitfile |= {section: items for section, items in lists.items() if items}
    return emitter.mapping_lines(kitfile, "", "\n") + "\n"


def _compose(text: str) -> Node | None:
    try:
        return compose(text)
    except YamlSyntaxError as problem:
        raise BadKitfile(
            f"Line {problem.line + 1} of the Kitfile: {problem.message}",
            "Correct the text first; kitdesk check lists every problem.",
        ) from None


def _set(text: str, path: Path, value: Value) -> str:
    root = _compose(text)
    patcher = Patcher(text)
    if root is None or (root.is_null and root.start == root.end):
        nested = _nested(path, value)
        if not isinstance(nested, Mapping):
            raise IndexError(path[0])
        lines = emitter.mapping_lines(nested, "", patcher.newline) + patcher.newline
        if text and not text.endswith(("\n", "\r")):
            text += patcher.newline
        return _checked(text + lines, path)
    edit = _place(patcher, root, path, value)
    return _checked(apply(text, (edit,)), path)


def _place(patcher: Patcher, root: Node, path: Path, value: Value) -> Edit:
    node, key, indent, flow = root, None, "", False
    of = "kitfile"
    for depth, step in enumerate(path):
        rest = path[depth + 1 :]
        if node.kind == "alias":
            raise BadKitfile(
                f"“{_shown(path)}” comes from the alias “*{node.value}”.",
                "Change it in the text, where the anchor stands.",
            )
        if node.kind not in ("map", "seq") or (node.kind == "seq") != isinstance(step, int):
            return patcher.replace(key, node, _nested(path[depth:], value), indent, flow=flow)
        if isinstance(step, int):
            items = [item for item in node.content if not item.is_null]
            if step > len(items):
                raise IndexError(step)
            if step == len(items):
                nested = _nested(rest, value)
                if not node.content and node.style == "flow" and not flow:
                    return patcher.replace(key, node, [nested], indent, flow=False)
                return patcher.insert_item(node, nested)
            flow = flow or node.style == "flow"
            key, node = None, items[step]
        else:
            at = _index(node, step)
            if at is None:
                return patcher.insert_pair(node, step, _nested(rest, value), of)
            flow = flow or node.style == "flow"
            key, node = node.content[at], node.content[at + 1]
            of = _of(of, step)
            indent = " " * key.column
    return patcher.replace(key, node, value, indent, flow=flow)


def _remove(text: str, path: Path) -> str:
    root = _compose(text)
    parent = _find(root, path[:-1])
    last = path[-1]
    if parent is None:
        return text
    patcher = Patcher(text)
    if isinstance(last, int):
        items = [item for item in parent.content if not item.is_null]
        if parent.kind != "seq" or last >= len(items):
            return text
        index = next(i for i, item in enumerate(parent.content) if item is items[last])
        edit = patcher.remove(parent, index, 1)
    else:
        at = _index(parent, last)
        if parent.kind != "map" or at is None:
            return text
        edit = patcher.remove(parent, at, 2)
    return _checked(apply(text, (edit,)), path)


def _find(root: Node | None, path: Path) -> Node | None:
    node = root
    for step in path:
        if node is None:
            return None
        if isinstance(step, int):
            items = [item for item in node.content if not item.is_null]
            node = items[step] if node.kind == "seq" and step < len(items) else None
        else:
            at = _index(node, step)
            node = node.content[at + 1] if at is not None else None
    return node


def _index(mapping: Node, name: str) -> int | None:
    if mapping.kind != "map":
        return None
    keys = mapping.content[::2]
    return next((2 * i for i, key in enumerate(keys) if key.resolved.value == name), None)


def _of(of: str, step: str) -> str:
    spec = grammar.OBJECTS.get(of)
    field = spec.field(step) if spec else None
    return field.type if field else ""


def _nested(path: Path, value: Value) -> Value:
    """Wrap a value in the mappings and lists that do not exist yet."""
    for step in reversed(path):
        if isinstance(step, int) and step:
            raise IndexError(step)
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _checked(text: str, path: Path) -> str:
    """Never hand out a text that has become no YAML."""
    try:
        compose(text)
    except YamlSyntaxError as problem:
        raise BadKitfile(
            f"“{_shown(path)}” cannot be changed alone.", "Change it in the text.", problem.message
        ) from None
    return text


def _shown(path: Path) -> str:
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown.removeprefix(".")
