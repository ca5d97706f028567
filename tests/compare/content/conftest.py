from __future__ import annotations

from collections.abc import Iterator

import pytest

from kitdesk.services.aside import Aside


@pytest.fixture(scope="session")
def decoder() -> Iterator[Aside]:
    with Aside() as aside:
        yield aside
