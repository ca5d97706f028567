"""The list of a layer as it is kept on the disk: whole or not at all."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.services.layers.table import LayerFile, LayerFileTable

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
ODD_NAMES = NAMES | st.sampled_from(["", "broken-\udcff.csv", "naïve.csv"])
DIGESTS = st.binary(max_size=4).map(lambda data: hashlib.sha256(data).hexdigest()) | st.just("")
SIZES = st.integers(0, 2**63 - 1)
FILES = st.builds(
    LayerFile, ODD_NAMES, st.integers(0, 0o7777), SIZES, st.just("file"), SIZES, DIGESTS
)
FOLDERS = st.builds(
    LayerFile, ODD_NAMES, st.integers(0, 0o7777), st.just(0), st.just("dir"), SIZES, st.just("")
)
LISTS = st.lists(FILES | FOLDERS, max_size=12)


def _kept(files: list[LayerFile]) -> bytes:
    return b"".join(LayerFileTable(files).pieces())


@given(LISTS)
def test_what_is_kept_is_what_is_read(files: list[LayerFile]) -> None:
    assert list(LayerFileTable.read(io.BytesIO(_kept(files)))) == files


@given(LISTS.filter(bool), st.data())
def test_a_list_cut_short_anywhere_is_refused(files: list[LayerFile], data: st.DataObject) -> None:
    whole = _kept(files)
    torn = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises((ValueError, KeyError, TypeError)):
        LayerFileTable.read(io.BytesIO(torn))


def test_another_program_s_list_is_refused() -> None:
    strange = _kept([]).replace(b'"format": ', b'"format": 9')
    with pytest.raises(ValueError, match="another program"):
        LayerFileTable.read(io.BytesIO(strange))
