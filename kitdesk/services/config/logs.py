"""The log file: what happened, without secrets, rotated."""

from __future__ import annotations

import logging
import logging.handlers
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "kitdesk"
SECRETS = re.compile(r"(?i)(password|passwd|token|secret|identitytoken|registrytoken)(\W{1,4})\S+")
SCHEMES = re.compile(r"(?i)\b(basic|bearer)(\s+)[A-Za-z0-9+/=._~-]{6,}")
USERINFO = re.compile(r"(://)[^/@\s]+@")
QUERY = re.compile(r"(https?://[^\s?]+)\?\S+")


def redacted(text: str) -> str:
    """Text without what could be a secret: userinfo, queries, values after telling words."""
    text = QUERY.sub(r"\1", USERINFO.sub(r"\1", text))
    return SECRETS.sub(r"\1\2***", SCHEMES.sub(r"\1\2***", text))


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A log that cannot be written is no news to whoever is at work: nothing goes to stderr."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Full, gone, taken away: this line is lost."""


def start(folder: Path) -> str:
    """Log into a file of ``folder``; returns why that cannot be, one sentence, "" = it can."""
    path = folder / "kitdesk.log"
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise IsADirectoryError(0, "it is no ordinary file", str(path))
        handler: logging.Handler = _QuietFile(
            path, maxBytes=1 << 20, backupCount=3, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        logger.addHandler(logging.NullHandler())
        return f"No log is kept: {error.strerror or error}."
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    return ""
