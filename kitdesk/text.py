"""Numbers, sizes and times as the window and the command line write them."""

from __future__ import annotations

import re
from datetime import datetime

MINUS = "\u2212"
_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
"""Unicode's Cc, Cf, Cs, Zl and Zp but for line feed and tabulator."""
_UNSEEN, _UNSEEN_IN_LINE = re.compile(f"[{_CONTROLS}]"), re.compile(f"[\t\n{_CONTROLS}]")
_UNITS = ("B", "kB", "MB", "GB", "TB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(count: int | None) -> str:
    """Bytes with three digits: ``5.61 MB``, ``88.4 kB``, ``957 B``; an en dash for None."""
    if count is None:
        return "–"
    if count < 0:
        return MINUS + size(-count)
    if count < 1000:
        return f"{count} B"
    value = float(count)
    unit = 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {_UNITS[unit]}"


def difference(count: int) -> str:
    """A signed size: ``+1.35 MB``, ``−88 B``."""
    return size(count) if count < 0 else f"+{size(count)}"


def pair(old: int | None, new: int | None) -> str:
    """Old and new size; the unit is not said twice: ``3.92 → 2.98 MB``."""
    if old is None or new is None:
        return size(new if old is None else old)
    left, right = size(old), size(new)
    if left.partition(" ")[2] == right.partition(" ")[2]:
        left = left.partition(" ")[0]
    return f"{left} → {right}"


def number(count: int) -> str:
    """1,234 with U+2212 as minus."""
    return f"{count:,}".replace("-", MINUS)


def counted(count: int, one: str, many: str = "") -> str:
    """``1 file``, ``1,234 files``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(names: tuple[str, ...] | list[str], most: int = 3) -> str:
    """``a, b and c``; with more than ``most`` names ``a, b and 5 more``."""
    if len(names) > most:
        rest = len(names) - most + 1
        return ", ".join(names[: most - 1]) + f" and {number(rest)} more"
    return " and ".join(", ".join(names).rsplit(", ", 1)) if len(names) > 1 else "".join(names)


def now_like(when: datetime) -> datetime:
    """The present in the time zone of ``when`` (or naive, as it is)."""
    return datetime.now(tz=when.tzinfo)


def age(when: datetime | None, now: datetime | None = None) -> str:
    """``just now``, ``41 min ago``, ``8 days ago``, ``2 months ago``; empty for None."""
    if when is None:
        return ""
    seconds = ((now or now_like(when)) - when).total_seconds()
    days = int(seconds // _DAY)
    if seconds < -_MINUTE:  # another machine's clock, or a date that was written by hand
        return "in the future"
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    if days < 2:
        return "yesterday"
    if days < 14:
        return f"{days} days ago"
    if days < 60:
        return f"{days // 7} weeks ago"
    if days < 730:
        return f"{days // 30} months ago"
    return f"{days // 365} years ago"


def day(when: datetime | None) -> str:
    """``14 Nov``, with the year when it is not this one."""
    if when is None:
        return ""
    year = "" if when.year == now_like(when).year else f" {when.year}"
    return f"{when.day} {when:%b}{year}"


def exact(when: datetime | None) -> str:
    """``14 Nov 2026, 09:41:07`` for tooltips."""
    return f"{when.day} {when:%b %Y, %H:%M:%S}" if when else ""


def left(seconds: int | None) -> str:
    """``4 s left``, ``3 min left``; empty for None."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{seconds} s left"
    if seconds < 5400:
        return f"{round(seconds / 60)} min left"
    return f"{round(seconds / _HOUR)} h left"


def rate(per_second: float) -> str:
    """``640 kB/s``; empty for 0."""
    return f"{size(round(per_second))}/s" if per_second > 0 else ""


def short(digest: str) -> str:
    """The first 8 characters of a digest without its algorithm."""
    return digest.rpartition(":")[2][:8]


def inert(text: str, *, lines: bool = False) -> str:
    """A text from outside that shows what it holds: what turns the direction of writing, hides or
    breaks a line (unless ``lines`` may be several) is shown as U+FFFD, one for one.
    """
    if text.isprintable():
        return text
    return (_UNSEEN if lines else _UNSEEN_IN_LINE).sub("\N{REPLACEMENT CHARACTER}", text)


def escape_html(html: str) -> str:
    """A text made safe for a label that understands rich text."""
    html = inert(html, lines=True)
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_tooltip(text: str) -> str:
    """A text from outside for a tooltip: Qt would take ``<img …>`` in it for markup."""
    text = inert(text, lines=True)
    return f"<span>{escape_html(text)}</span>" if "<" in text else text


def escape_mnemonic(text: str) -> str:
    """A text from outside on a button or in a menu, where ``&`` would underline a letter."""
    return inert(text).replace("&", "&&")


def strong(text: str) -> str:
    """Emphasis in rich text at weight 600; ``<b>`` would ask for a weight that is not shipped."""
    return f'<span style="font-weight:600">{escape_html(text)}</span>'
