"""A blob in the making: what is hashed is what is stored, with and without the kernel's help."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import DiskFull
from kitdesk.services.store.blob_store import BlobStore

SIZE = (3 << 20) + 77


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "storage", tmp_path / "aside", tmp_path / "whole")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(os.urandom(SIZE))
    return path


def written(blobs: BlobStore, source: Path, *, behind: bool) -> bytes:
    with source.open("rb") as file, blobs.writer(behind=behind) as out:
        out.write(b"head")
        assert out.copy(file.fileno(), SIZE - 10, 10) == SIZE - 10
        assert out.copy(file.fileno(), 5, SIZE) == 0, "nothing is there"
        digest = out.commit()
    data = blobs.path(digest).read_bytes()
    assert digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert blobs.is_verified(digest)
    return data


@pytest.mark.parametrize("behind", [True, False])
def test_copies_and_hashes(blobs: BlobStore, source: Path, behind: bool) -> None:
    assert written(blobs, source, behind=behind) == b"head" + source.read_bytes()[10:]


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="no such call here")
@pytest.mark.parametrize("answer", [errno.EXDEV, errno.ENOSYS, 0])
def test_goes_on_by_itself_where_the_kernel_does_not_copy(
    blobs: BlobStore, source: Path, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    def refuse(*_: Any) -> int:
        if answer:
            raise OSError(answer, "no")
        return 0

    monkeypatch.setattr(os, "copy_file_range", refuse)
    assert written(blobs, source, behind=True) == b"head" + source.read_bytes()[10:]


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="no such call here")
def test_a_disk_that_fills_under_the_kernels_copy(
    blobs: BlobStore, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", full)
    with pytest.raises(DiskFull):
        written(blobs, source, behind=True)
    assert list(blobs.temp_dir.iterdir()) == []
    assert list(blobs.all()) == []


def test_a_touched_blob_is_not_taken_on_trust(blobs: BlobStore) -> None:
    digest = blobs.put(b"content", 0o600)
    assert blobs.is_verified(digest, 7)
    path = blobs.path(digest)
    path.write_bytes(b"c0ntent")
    assert not blobs.is_verified(digest)
    assert not blobs.is_whole(digest, 7)
    assert blobs.put(b"content", 0o600) == digest
    assert path.read_bytes() == b"content"
    assert blobs.is_whole(digest, 7)
