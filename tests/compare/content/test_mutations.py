"""Damaged files give a Content or a limit, never anything else."""

from __future__ import annotations

import pytest

from kitdesk.services.aside import Aside
from tests.compare.content import mutations

PLAIN = 20
"""Mutations of each file here; tests/compare/content/mutations.py does more by hand."""
ASIDE = {"image", "hdf5", "keras", "parquet"}
"""Types that a native library decodes: each mutation may cost a child process."""
TYPES = sorted({name.split("/", maxsplit=1)[0] for name, _, _ in mutations.files()})


@pytest.mark.parametrize("kind", TYPES)
def test_damaged_files_are_survived(kind: str, decoder: Aside) -> None:
    count = 5 if kind in ASIDE else PLAIN
    done, _, _ = mutations.run(count, 7, [kind], decoder)
    assert done >= count
