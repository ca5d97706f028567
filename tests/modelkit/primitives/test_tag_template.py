"""Templates for tags: filled in, or refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.modelkit.primitives.tag_template import FIELDS, fill, is_template

VALUES = {"version": "v2.0.1", "branch": "feature/svd try", "sha7": "a41f9c2", "date": "20261125"}


def test_all_fields_are_filled_in() -> None:
    assert fill("{version}-{branch}-{sha7}", VALUES) == "v2.0.1-feature-svd-try-a41f9c2"
    assert fill("nightly-{date}", VALUES) == "nightly-20261125"
    assert fill("v1.0.0", VALUES) == "v1.0.0"


@pytest.mark.parametrize("text", ["{commit}", "{version", "version}", "{}", "{{version}}"])
def test_what_is_no_template_is_refused(text: str) -> None:
    assert is_template(text)
    with pytest.raises(BadReference):
        fill(text, VALUES)


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(BadReference, match=r"\{branch\} cannot be filled in"):
        fill("{version}-{branch}", {**VALUES, "branch": ""})


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1), min_size=len(FIELDS)))
def test_whatever_the_values_hold_the_tag_is_legal(values: dict[str, str]) -> None:
    assert tag_problem(fill("t{version}-{branch}{sha7}_{date}", values)) is None
