"""The design tokens as plain values, read without Qt: the first paint waits for nothing else.

``tokens.toml`` is read line by line, as its own rules allow (one value a line): tomllib and
importlib.resources would cost as much as the whole first paint.
"""

from __future__ import annotations

import re
from pathlib import Path

from kitdesk import resources

FOLDER = Path(resources.__file__).parent
"""Icons, fonts, themes; real files also in a package."""
_LINE = re.compile(r'(\w+)\s*=\s*(?:\["(#\w+)",\s*"(#\w+)"\]|(\d+)|"([^"]*)")')
_SECTION = re.compile(r"\[([\w.]+)\]")


def _read(text: str) -> tuple[dict[str, tuple[str, str]], dict[str, int], dict[str, int | str]]:
    """Colours as (light, dark), sizes in pixels, fonts by role."""
    colours: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}
    fonts: dict[str, int | str] = {}
    section = ""
    for line in text.splitlines():
        head = _SECTION.match(line)
        if head:
            section = head[1]
            if section.startswith("measured"):
                break
            continue
        found = _LINE.match(line)
        if not found:
            continue
        name, light, dark, number, word = found.groups()
        if section == "color" and light:
            colours[name] = (light, dark)
        elif section == "size" and number:
            sizes[name] = int(number)
        elif section == "font":
            fonts[name] = int(number) if number else word
    return colours, sizes, fonts


COLOURS, SIZE, _FONTS = _read((FOLDER / "themes" / "tokens.toml").read_text("utf-8"))
PIXELS: dict[str, int] = {role: size for role, size in _FONTS.items() if isinstance(size, int)}
"""Font role -> height in pixels."""
UI, MONO = str(_FONTS["ui"]), str(_FONTS["mono"])
