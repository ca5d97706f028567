"""The bytes of layers, and archives of other makers."""

from __future__ import annotations

import io
import posixpath
import re
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import BadModelKit, UnsafeArchive
from kitdesk.modelkit.tar import reader as tar_reader
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.modelkit.tar.member import FileEntry
from kitdesk.modelkit.tar.reader import TarEntry

NAMES = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="/\0"),
        min_size=1,
        max_size=60,
    ).filter(lambda name: name not in (".", "..")),
    min_size=1,
    max_size=6,
).map("/".join)
MODES = st.integers(0, 0o7777)


def archive(name: str, mode: int, content: bytes) -> bytes:
    return b"".join(
        (
            tar_writer.header(name, mode, len(content), False),
            content,
            tar_writer.padding(len(content)),
            tar_writer.END,
        )
    )


@given(NAMES, MODES, st.binary(max_size=1500))
def test_what_is_written_is_read(name: str, mode: int, content: bytes) -> None:
    data = archive(name, mode, content)
    assert len(data) == tar_writer.tar_size(
        [FileEntry(name, mode, len(content), is_dir=False, stat_key=b"")]
    )
    [(entry, body)] = list_of(data)
    assert (entry.path, entry.mode, entry.size, entry.kind) == (name, mode, len(content), "file")
    assert body == content
    assert data[entry.offset :].startswith(content)
    with tarfile.open(fileobj=io.BytesIO(data)) as other:
        [member] = other.getmembers()
        stream = other.extractfile(member)
        assert stream is not None
        assert (member.name, member.mode, stream.read()) == (name, mode, content)
        assert (member.uid, member.gid, member.mtime) == (1000, 0, 0)


@given(NAMES, st.binary(max_size=600), st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
def test_archives_of_other_makers(name: str, content: bytes, form: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as made:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        made.addfile(folder)
        info = tarfile.TarInfo(name)
        info.size = len(content)
        info.mtime = 12.5
        made.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("l")
        link.type, link.linkname = tarfile.SYMTYPE, name
        made.addfile(link)
    found = list_of(stream.getvalue())
    assert [(e.path, e.kind) for e, _c in found] == [
        ("folder", "dir"),
        (name, "file"),
        ("l", "symlink"),
    ]
    assert found[1][1] == content
    assert found[2][0].link == name


def list_of(data: bytes) -> list[tuple[TarEntry, bytes]]:
    return [(entry, content.read()) for entry, content in tar_reader.read(io.BytesIO(data))]


def test_a_file_of_eight_gibibytes() -> None:
    made = tar_writer.header("big", 0o644, 1 << 33, False)
    assert made[:16] == b"PaxHeaders.0/big"
    assert made[148:154] == b"010700"
    assert b"19 size=8589934592\n" in made
    assert made[1024 + 148 : 1024 + 154] == b"007674"
    [entry] = [entry for entry, _content in tar_reader.read(_Huge(made))]
    assert entry.size == 1 << 33


class _Huge(io.RawIOBase):
    """A header, then zeros that nobody wants to hold in memory."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self._head, self._at = head, 0
        self._size = len(head) + (1 << 33) + len(tar_writer.END)

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        assert whence == 1
        self._at += offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        size = min(size, self._size - self._at)
        start, self._at = self._at, self._at + size
        return self._head[start : start + size].ljust(size, b"\0")


def test_base_256_sizes() -> None:
    block = bytearray(tar_writer.header("f", 0o644, 3, False))
    block[124:136] = b"\x80" + (3).to_bytes(11, "big")
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    [(entry, content)] = list_of(bytes(block) + b"abc" + bytes(509) + tar_writer.END)
    assert (entry.size, content) == (3, b"abc")


@pytest.mark.parametrize("field", [b"-0000000001", b"-0000000512", b"+0000000003", b"0o000000003"])
def test_sizes_that_only_python_can_read_are_refused(field: bytes) -> None:
    block = bytearray(tar_writer.header("f", 0o644, 3, False))
    block[124:135] = field
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    with pytest.raises(BadModelKit):
        list_of(bytes(block) + b"abc" + bytes(509) + tar_writer.END)


@given(st.text("ab./\\:-_ ", min_size=1, max_size=12))
def test_the_quick_way_for_simple_paths_is_the_long_one(path: str) -> None:
    if not re.search(r"[\\:]|\.\.", path) and not path.startswith("/"):
        assert tar_writer.safe_path(path) == posixpath.normpath(path)


@given(st.integers(1, 3 * 512 + 1023))
def test_a_cut_archive_is_noticed(length: int) -> None:
    data = archive("name", 0o644, b"x" * 700)
    assert len(data) == 3 * 512 + 1024
    if length in (3 * 512, 4 * 512):
        return  # Go too takes the end of the stream between members, or one block of zeros
    with pytest.raises(BadModelKit):
        list_of(data[:length])


@given(st.integers(0, 511), st.integers(1, 255))
def test_a_corrupt_header_is_noticed(at: int, change: int) -> None:
    data = bytearray(archive("name", 0o644, b""))
    data[at] = (data[at] + change) % 256
    if 148 <= at < 156:
        return  # the field of the checksum itself may be written in several ways
    with pytest.raises(BadModelKit):
        list_of(bytes(data))


@given(st.binary(max_size=2048))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        list_of(data)
    except BadModelKit:
        return


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "..", "../x", "a/../../x", "C:\\x", "c:x", "\\x", "a\\..\\..\\x", "a\0b"],
)
def test_dangerous_paths(path: str) -> None:
    with pytest.raises(UnsafeArchive):
        tar_writer.safe_path(path)


@pytest.mark.parametrize(
    ("path", "safe"),
    [("./d/f", "d/f"), ("a..b", "a..b"), ("a/../b", "b"), ("Kitfile", "Kitfile"), (".", ".")],
)
def test_harmless_paths(path: str, safe: str) -> None:
    assert tar_writer.safe_path(path) == safe
