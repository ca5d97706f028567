"""``python -m tests.bench [THEME...]``: figures, printed; nothing is asserted."""

from __future__ import annotations

import importlib
import sys

THEMES = ("start", "engine", "registry", "faults", "kills", "window", "content", "races")


def main(words: list[str]) -> int:
    """Run the named themes, or those that need no window."""
    themes = words or ["start", "engine"]
    unknown = [word for word in themes if word not in THEMES]
    if unknown:
        sys.stderr.write(f"Unknown: {', '.join(unknown)}. Themes: {', '.join(THEMES)}\n")
        return 2
    for theme in themes:
        importlib.import_module(f"tests.bench.{theme}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
