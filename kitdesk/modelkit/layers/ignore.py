"""``.kitignore``: which files stay out of every layer (FORMAT.md, 3.2 and 3.3).

The rules are those of moby's pattern matcher 0.6, oddities included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kitdesk.errors import BadIgnoreFile
from kitdesk.modelkit.primitives.go_paths import clean, go_strip

if TYPE_CHECKING:
    import re

    from kitdesk.modelkit.primitives.linear_match import LinearPattern

NAME = ".kitignore"
SAFE_FOLDER = ".kitdesk-safe"
"""Where safe copies lie when they can lie nowhere else; kit knows nothing of it."""
IMPLIED = ("Kitfile", "kitfile", ".kitfile", NAME, SAFE_FOLDER)
"""Always ignored at the root; they come last, so that no negation brings them back."""

_IMPLIED_STARTS = {name[0] for name in IMPLIED}
_Match = Literal["exact", "prefix", "suffix", "regex"]


@dataclass(slots=True)
class _Pattern:
    text: str
    negated: bool
    line: int
    source: str
    match: _Match = "exact"
    regex: re.Pattern[str] | LinearPattern | None = None
    folders: dict[str, bool] = field(default_factory=dict)
    """Answers for folders, which are asked again for every file below."""

    def hits(self, path: str) -> bool:
        """Whether it names ``path`` or any folder above it."""
        if self.match == "exact":
            return path == self.text or path.startswith(self.text + "/")
        if self.match == "prefix":
            return path.startswith(self.text)
        return self._hits_one(path) or self._hits_folder(path.rpartition("/")[0])

    def _hits_folder(self, folder: str) -> bool:
        if not folder:
            return False
        known = self.folders.get(folder)
        if known is None:
            known = self._hits_one(folder) or self._hits_folder(folder.rpartition("/")[0])
            self.folders[folder] = known
        return known

    def _hits_one(self, path: str) -> bool:
        if self.regex is not None:
            return bool(self.regex.match(path))
        return path.endswith(self.text) or (self.text[:1] == "/" and path == self.text[1:])


class Ignore:
    """The patterns of one ``.kitignore`` and the implied ones; ask it with cleaned paths."""

    def __init__(self, patterns: tuple[_Pattern, ...]) -> None:
        self._patterns = patterns
        self.has_patterns = bool(patterns)
        """Whether anything is ignored but the implied names at the root."""
        self.has_negations = any(pattern.negated for pattern in patterns)
        """Whether ignored folders must be entered nevertheless (FORMAT.md, 3.1)."""

    @classmethod
    def parse(cls, data: bytes | None) -> Ignore:
        """Read the file's bytes (None: there is none); raises BadIgnoreFile naming the line."""
        patterns = [
            _compiled(number, text) for number, text in _lines(data or b"") if text is not None
        ]
        return cls(tuple(patterns))

    def matches(self, path: str) -> bool:
        """Whether the file or folder at ``path`` (relative to the project) is ignored."""
        if not self._patterns and " " < path[:1] < "\x7f" and path[0] not in _IMPLIED_STARTS:
            return False  # asked for every path of a project
        matched, _pattern = self._decide(path)
        return matched

    def rule_for(self, path: str) -> tuple[int, str] | None:
        """Return line and text of the pattern that decides; None if it is implied or none does."""
        _matched, pattern = self._decide(path)
        return None if pattern is None else (pattern.line, pattern.source)

    def _decide(self, path: str) -> tuple[bool, _Pattern | None]:
        stripped = go_strip(path)
        if stripped != path:
            path = clean(stripped)
        matched, decisive = False, None
        for pattern in self._patterns:
            if pattern.negated == matched and pattern.hits(path):
                matched, decisive = not pattern.negated, pattern
        if not matched and path.partition("/")[0] in IMPLIED:
            return True, None
        return matched, decisive


def _lines(data: bytes) -> list[tuple[int, str | None]]:
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    found: list[tuple[int, str | None]] = []
    for number, line in enumerate(text.split("\n"), 1):
        pattern = line.removesuffix("\r")
        pattern = "" if pattern.startswith("#") else go_strip(pattern)
        found.append((number, pattern or None))
    return found


def _compiled(number: int, source: str) -> _Pattern:
    from kitdesk.modelkit.layers import glob

    negated = source.startswith("!")
    text = go_strip(source[1:]) if negated else source
    if text:
        text = clean(text)
        if len(text) > 1:
            text = text.removeprefix("/")
    text = go_strip(("!" if negated else "") + text)
    text = clean(text)
    if text == "!":
        raise _bad(number, source, "“!” needs a pattern behind it")
    if text.startswith("!"):
        negated, text = True, text[1:]
    if not glob.is_valid(text):
        raise _bad(number, source, "brackets or a backslash are not complete")
    pattern = _Pattern(text, negated, number, source)
    translated = glob.translate(text)
    pattern.match = translated.kind
    pattern.text = translated.text
    if translated.kind == "regex":
        try:
            pattern.regex = glob.compile_go(translated.text)
        except glob.BadExpressionError as error:
            raise _bad(number, source, str(error)) from None
    return pattern


def _bad(number: int, source: str, why: str) -> BadIgnoreFile:
    return BadIgnoreFile(
        f"Line {number} of {NAME} is no pattern that kit reads: “{source}”.",
        "Correct or remove the line.",
        why,
    )
