"""Paths are bytes: a folder of any name is opened, named, packed; or refused in words."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kitdesk.errors import NotFound
from kitdesk.modelkit.primitives.typed_path import quoted, typed_path_problem
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.services.config.paths import folder_argument
from tests.session.conftest import Desk

NAMES = ["caf\udce9", "line\n", "x" * 255, "a b'c\"$d", "~", "-x", "\u202eabc"]


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_is_opened_and_packed(context: Desk, project: Path, name: str) -> None:
    odd = project.parent / name
    project.rename(odd)
    context.opens(odd)
    context.until(lambda: context.workspace.state.kitfile.text)
    assert context.workspace.state.error is None
    context.packs("v1.0.0")
    context.session.kitfile.edit(context.workspace.state.kitfile.text + "# x\n")
    context.session.kitfile.save()
    context.until(lambda: not context.workspace.state.kitfile.dirty)
    assert (odd / "Kitfile").read_text().endswith("# x\n")
    assert context.workspace.state.notices == ()
    shutil.rmtree(odd)


def test_a_kitfile_stands_for_its_folder(tmp_path: Path) -> None:
    (tmp_path / "Kitfile").write_text("")
    assert folder_argument(os.fspath(tmp_path / "Kitfile")) == tmp_path
    (tmp_path / "deep" / "Kitfile").mkdir(parents=True)
    assert folder_argument(os.fspath(tmp_path / "deep" / "Kitfile")).name == "Kitfile"


def test_a_tilde_in_an_address_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_address("oci:~/shared:v1") == FolderAddress(tmp_path / "shared", "v1")
    with pytest.raises(NotFound, match="no user"):
        parse_address("oci:~nobody-of-this-name/x:v1")
    assert typed_path_problem("~/x") is None
    assert typed_path_problem("relative") == "Write the whole path, from / or ~ on."
    assert "no user" in str(typed_path_problem("~nobody-of-this-name/x"))


def test_copied_commands_are_quoted_for_the_shell() -> None:
    assert quoted("a b") == "'a b'"
    assert quoted("it's; $(x)") == "'it'\"'\"'s; $(x)'"
    assert quoted("it's", "powershell") == "'it''s'"
