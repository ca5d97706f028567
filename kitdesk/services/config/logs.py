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


class _Private(logging.handlers.RotatingFileHandler):
    """Its files are their owner's alone."""

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        found = open(  # noqa: SIM115  (as the class above does; it closes it)
            self.baseFilename, self.mode, encoding="utf-8", opener=opener
        )
        assert isinstance(found, TextIOWrapper)
        return found


def start(folder: Path) -> Path:
    """Log into a file of ``folder``; returns its path."""
    private_folder(folder)
    path = folder / "kitdesk.log"
    try:
        handler: logging.Handler = _Private(path, maxBytes=1 << 20, backupCount=3)
    except OSError:
        handler = logging.NullHandler()  # nothing can be written there: then nothing is
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return path
