"""The log file: what happened, without secrets, rotated."""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
from io import TextIOWrapper
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from pathlib import Path

NAME = "kitdesk"
SECRETS = re.compile(r"(?i)(password|passwd|token|secret|identitytoken|registrytoken)(\W{1,4})\S+")
SCHEMES = re.compile(r"(?i)\b(basic|bearer)(\s+)[A-Za-z0-9+/=._~-]{6,}")
USERINFO = re.compile(r"(://)[^/@\s]+@")
QUERY = re.compile(r"(https?://[^\s?]++)(?:\?\S++)?")


def redacted(text: str) -> str:
    """Text without what could be a secret: userinfo, queries, values after telling words."""
    text = QUERY.sub(r"\1", USERINFO.sub(r"\1", text))
    return SECRETS.sub(r"\1\2***", SCHEMES.sub(r"\1\2***", text))


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _QuietFile(logging.handlers.RotatingFileHandler):
    """Its owner's alone. A log that cannot be written is no news: nothing goes to stderr."""

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        found = open(  # noqa: SIM115  (as the class above does; it closes it)
            self.baseFilename,
            self.mode,
            encoding="utf-8",
            errors="backslashreplace",
            opener=opener,
        )
        assert isinstance(found, TextIOWrapper)
        return found

    def handleError(self, record: logging.LogRecord) -> None:
        """Full, gone, taken away: this line is lost."""


def start(folder: Path) -> str:
    """Log into a file of ``folder``; returns why that cannot be, one sentence, "" = it can."""
    path = folder / "kitdesk.log"
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.INFO)
    try:
        private_folder(folder)
        if path.exists() and not path.is_file():
            raise IsADirectoryError(0, "it is no ordinary file", str(path))
        handler: logging.Handler = _QuietFile(path, maxBytes=1 << 20, backupCount=3)
    except OSError as error:
        logger.addHandler(logging.NullHandler())
        return f"No log is kept: {error.strerror or error}."
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    return ""
