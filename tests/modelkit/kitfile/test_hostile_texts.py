"""Texts that once had no end, and numbers that no text can hold: read or refused at once."""

from __future__ import annotations

import pytest

from kitdesk.errors import BadReference, KitDeskError
from kitdesk.modelkit.kitfile.checker import check
from kitdesk.modelkit.kitfile.loader import decode
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.primitives import semver
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.modelkit.yaml import go_emitter
from kitdesk.services.remotes.registry.challenge import parse_challenge

LONG = 100_000
KITFILES = {
    "a question above a ruler": "# Which code?\n" + "#" * 40 + "\nmodel:\n  path: m\n",
    "a question above many rulers": "# Which code?\n" + "# \n" * LONG + "model:\n  path: m\n",
    "tags": "!" * LONG + " a",
    "tags on lines": "! \n" * LONG + "}",
    "questions": "?#" * LONG,
    "a number": "model:\n  path: m\n  parameters: {a: " + "9" * 200_000 + "}\n",
    "a number as a name": "package:\n  name: " + "9" * 200_000 + "\n",
    "a long octal": "package:\n  version: 0o" + "7" * 200_000 + "\n",
}


@pytest.mark.parametrize("name", KITFILES)
def test_a_kitfile_is_read_or_refused(name: str) -> None:
    data = KITFILES[name].encode()
    check(data, Profile.CURRENT)
    try:
        decode(data, Profile.CURRENT)
    except KitDeskError:
        return


@pytest.mark.parametrize(
    "text",
    [
        "abcdefghijklmnopqrstuvwxyza+",
        "a" * LONG + "+",
        "a-" * LONG,
        " " * LONG + ",",
        "a" + "_" * LONG,
    ],
)
def test_a_reference_is_read_or_refused(text: str) -> None:
    with pytest.raises(BadReference):
        parse(text)


@pytest.mark.parametrize("unit", ["a", "a ", "=", '"', "a=", "a=\\", 'a="b",', "Bearer "])
def test_a_challenge_is_read_in_one_pass(unit: str) -> None:
    parse_challenge("Bearer " + unit * LONG)


@pytest.mark.parametrize("digits", ["9" * 400, "9" * 5000, "1e999", "-1e999", "NaN"])
def test_a_config_with_absurd_numbers_is_refused(digits: str) -> None:
    text = '{"model": {"path": "m", "parameters": {"a": ' + digits + "}}}"
    with pytest.raises(KitDeskError):
        config.decode(text.encode())


def test_keys_of_many_digits_are_ordered_as_kit_does() -> None:
    keys = {"a" + "9" * 200_000: 1, "a" + "9" * 199_999 + "8": 2}
    assert len(go_emitter.dump(dict(keys))) > 400_000


def test_a_name_that_is_no_version_has_its_place() -> None:
    assert semver.sort_key("v" + "1" * 5000) < semver.sort_key("v1")
