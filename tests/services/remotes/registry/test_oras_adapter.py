"""The seam to oras-py: an update that moves it must be noticed here."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import oras.provider
import pytest

from kitdesk.services.remotes.registry.client import Client


def test_everything_oras_sends_goes_through_do_request() -> None:
    everywhere, inside = (
        len(re.findall(r"session\.(request|get|put|post|head|patch)\(", inspect.getsource(what)))
        for what in (oras.provider, oras.provider.Registry.do_request)
    )
    assert everywhere == inside > 0
    ours, theirs = (
        list(inspect.signature(of.do_request).parameters) for of in (Client, oras.provider.Registry)
    )
    assert ours == theirs


CODE = """
import sys
import kitdesk.services.remotes.registry.client
print("jsonschema.validators" in sys.modules)
import jsonschema
print(jsonschema.validate.__module__)
import oras.provider
print(oras.provider.jsonschema.validate is jsonschema.validate)
"""


def test_what_is_postponed_is_there_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "jsonschema.validators", "True"]


@pytest.mark.parametrize("name", ["load_configs", "authenticate_request"])
def test_oras_still_asks_what_is_switched_off(name: str) -> None:
    from oras.auth.token import TokenAuth

    assert hasattr(TokenAuth, name)
