"""Requirements of Python: requirements.txt, conda environments, lock files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from kitdesk.compare.content import text, values
from kitdesk.compare.content.model import Model, Outcome
from kitdesk.compare.content.parts import PackageChange, PackagesDiff
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_BYTES = 16 << 20
MAX_LINE = 2_000
"""Characters of one requirement; longer ones are built to take time."""
CONDA = re.compile(r"([A-Za-z0-9_.-]+)\s*(.*)")
OPTION = re.compile(r"(?<!\s)\s+--?[a-z]")


def read(side: Bytes, name: str, context: Context) -> Model:
    """Packages by their normalised names (PEP 503)."""
    if side.size > MAX_BYTES:
        raise Unreadable("it is too large for a list of packages", "size")
    written, encoding = text.decoded(exactly(side, 0, side.size))
    last = name.rpartition("/")[2].lower()
    packages = Packages({})
    if last.endswith((".yml", ".yaml")):
        kind = "conda"
        _conda(written, packages, context)
    elif last.endswith(".lock"):
        kind = "lock"
        _lock(written, packages)
    else:
        kind = "requirements"
        _requirements(written, packages)
    model = Model("packages", kind)
    model.parts["packages"] = packages
    model.parts["text"] = text.Text(written, encoding, "text", counts=False)
    if packages.too_long:
        model.limits.append(Limit("long", "Very long lines were not read as requirements."))
    model.about = count(len(packages.specifiers), "package")
    return model


def _requirements(written: str, found: Packages) -> None:
    lines = re.sub(r"\\\r?\n", " ", written).splitlines()
    for line in lines:
        if len(line) > MAX_LINE and "--hash" not in line[:MAX_LINE]:
            found.too_long = True
            continue
        bare = line[:MAX_LINE].split(" #")[0].strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("-"):
            found.put(bare, "")
            continue
        found.take(OPTION.split(bare, maxsplit=1)[0])


def _conda(written: str, found: Packages, context: Context) -> None:
    from kitdesk.compare.content.yaml_values import parse_yaml

    root = parse_yaml(written, context.budget)
    listed = root.get("dependencies") if isinstance(root, dict) else None
    if not isinstance(listed, list):
        raise Mismatch("it lists no dependencies")
    for one in listed:
        if isinstance(one, dict):
            for inner in one.get("pip") or ():
                found.take(str(inner)[:MAX_LINE])
        elif isinstance(one, str):
            bare = one[:MAX_LINE].rpartition("::")[2].strip()
            match = CONDA.fullmatch(bare)
            if match is None:
                found.put(bare, "")
                continue
            parts = match[2].split("=")  # name=version=build
            wanted = match[2].strip()
            if wanted.startswith("=") and not wanted.startswith("=="):
                wanted = "==" + parts[1].strip()
            found.put(canonicalize_name(match[1]), wanted)


def _lock(written: str, found: Packages) -> None:
    """Poetry, uv (TOML), Pipfile (JSON)."""
    if written.lstrip().startswith("{"):
        root = values.parse_json(written)
        for part in ("default", "develop"):
            for name, one in (root.get(part) or {}).items():
                wanted = one.get("version", "") if isinstance(one, dict) else str(one)
                found.put(canonicalize_name(name), str(wanted))
        return
    try:
        listed = tomllib.loads(written).get("package")
    except (ValueError, RecursionError) as error:
        raise Mismatch("it is no lock file") from error
    if not isinstance(listed, list):
        raise Mismatch("it lists no packages")
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found.put(canonicalize_name(one["name"]), f"=={one.get('version', '')}")


@dataclass(slots=True)
class Packages:
    """The requirements of one side."""

    specifiers: dict[str, str]
    """Name -> specifier (empty: any version), several joined."""
    too_long: bool = False
    marks: dict[str, str] = field(default_factory=dict)
    """Name -> extras and markers."""

    def take(self, line: str) -> None:
        """One requirement (PEP 508); what is none stands for itself."""
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            self.put(line, "")
            return
        specifier = str(wanted.specifier) if wanted.url is None else f"@ {wanted.url}"
        name = canonicalize_name(wanted.name)
        self.put(name, specifier)
        extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
        marker = f"; {wanted.marker}" if wanted.marker else ""
        self.marks[name] = self.marks.get(name, "") + extras + marker

    def put(self, name: str, specifier: str) -> None:
        """Once more the same name: both specifiers count."""
        before = self.specifiers.get(name)
        joined = specifier if not before else " | ".join(sorted({*before.split(" | "), specifier}))
        self.specifiers[name] = joined

    @classmethod
    def differ(cls, left: Packages | None, right: Packages | None, context: Context) -> Outcome:
        """By name: which version became which."""
        old = left.specifiers if left else {}
        new = right.specifiers if right else {}
        changes = []
        for name in dict.fromkeys((*old, *new)):
            context.budget.check()
            a, b = old.get(name), new.get(name)
            if a is None:
                changes.append(PackageChange(name, "A", None, b, "added"))
            elif b is None:
                changes.append(PackageChange(name, "D", a, None, "removed"))
            elif not _same(a, b):
                changes.append(PackageChange(name, "M", a, b, _change(a, b)))
            elif (marks := _marks(left, name)) != (others := _marks(right, name)):
                changes.append(PackageChange(name, "M", a + marks, b + others, "specifier"))
        words = []
        rank = {"major": 0, "minor": 1, "patch": 2, "specifier": 3, "added": 4, "removed": 5}
        for one in sorted(changes, key=lambda one: rank.get(one.change, 6)):
            if one.sign == "M":
                words.append(
                    f"{label(one.name, 60)} {_bare(one.left)} → {_bare(one.right)} ({one.change})"
                )
            else:
                words.append(f"{label(one.name, 60)} {one.change}")
        return Outcome(PackagesDiff(tuple(changes)), equal=not changes, words=tuple(words))


def _marks(side: Packages | None, name: str) -> str:
    return side.marks.get(name, "") if side else ""


def _bare(specifier: str | None) -> str:
    return label((specifier or "any").removeprefix("=="), 40)


def _same(left: str, right: str) -> bool:
    """1.2 is 1.2.0."""
    if left == right:
        return True
    a, b = _pinned(left), _pinned(right)
    if a is not None and b is not None:
        return a == b
    return _set(left) is not None and _set(left) == _set(right)


def _pinned(specifier: str) -> Version | None:
    if not specifier.startswith("==") or len(specifier) > MAX_LINE:
        return None
    try:
        return Version(specifier[2:].strip())
    except InvalidVersion:
        return None


def _set(specifier: str) -> Any:
    try:
        return SpecifierSet(specifier)
    except ValueError:
        return None


def _change(left: str, right: str) -> str:
    """major, minor or patch for two pinned versions, else specifier."""
    a, b = _pinned(left), _pinned(right)
    if a is None or b is None:
        return "specifier"
    if (a.epoch, a.major) != (b.epoch, b.major):
        return "major"
    return "minor" if a.minor != b.minor else "patch"
