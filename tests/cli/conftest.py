"""Commands run in this process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kitdesk.__main__ import main


class Shell:
    """Runs commands in this process and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""
        self.code = 0

    def __call__(self, *words: object) -> int:
        self._capsys.readouterr()
        try:
            self.code = main([str(word) for word in words])
        except SystemExit as error:
            self.code = int(error.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return self.code

    def json(self, *words: object, code: int = 0) -> dict[str, Any]:
        """Run with --json: one object on stdout, nothing else."""
        assert self(*words, "--json") == code, self.err
        (line,) = self.out.splitlines()
        found = json.loads(line)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def kitdesk(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)
