"""Layers with absurd numbers and spoiled blocks: words, whatever byte it was."""

from __future__ import annotations

import gzip
import io
import random
import tarfile

import pytest
import zstandard

from kitdesk.errors import BadModelKit, KitDeskError
from kitdesk.modelkit.oci.manifest import Descriptor, layer_media_type
from kitdesk.modelkit.tar.zstd_frames import is_whole
from kitdesk.services.container import Services
from kitdesk.services.layers.reader import LayerCatalog


def plain_tar(size: int = 3) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for number in range(20):
            head = tarfile.TarInfo(f"file{number}.txt")
            head.size = size
            made.addfile(head, io.BytesIO(random.Random(number).randbytes(size)))
    return out.getvalue()


def listed(data: bytes, compression: str, services: Services) -> None:
    """List and read a layer; errors with words are fine."""
    digest = services.store.blobs.put(data)
    layer = Descriptor(layer_media_type("code", compression), digest, len(data))
    layers = LayerCatalog(services.store.blobs, services.paths.cache)
    for file in layers.list_files(layer):
        if file.kind == "file":
            layers.read(layer, file, 1 << 20)


@pytest.mark.parametrize(
    "field",
    [
        b"\x80" + b"\xff" * 11,
        b"\x80" + bytes(3) + b"\xff" * 8,
        b"77777777777\0",
        b"\xff" * 12,
        b"-0000000001\0",
        b"0x000000001\0",
        "\u0662".encode() * 6,
    ],
)
def test_a_size_that_no_file_has(field: bytes, services: Services) -> None:
    data = bytearray(plain_tar())
    data[124:136] = field
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    with pytest.raises(KitDeskError):
        listed(bytes(data), "none", services)


@pytest.mark.parametrize("digits", ["9" * 19, "9" * 30, "9" * 5000])
def test_a_size_of_many_digits(digits: str, services: Services) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made:
        head = tarfile.TarInfo("a")
        head.pax_headers = {"size": digits}
        made.addfile(head)
    with pytest.raises(BadModelKit):
        listed(out.getvalue(), "none", services)


@pytest.mark.parametrize("level", [1, 19])
@pytest.mark.parametrize("known", [True, False])
def test_a_cut_zstd_stream_is_no_smaller_layer(level: int, known: bool, services: Services) -> None:
    packer = zstandard.ZstdCompressor(level=level, write_content_size=known, write_checksum=known)
    one = packer.compress(plain_tar(40_000))
    if not known:
        stream = zstandard.ZstdCompressor(level=level).compressobj()
        one = stream.compress(plain_tar(40_000)) + stream.flush()
    skippable = b"\x53\x2a\x4d\x18\x05\0\0\0hello"
    for whole in (one, one + skippable):
        assert is_whole(io.BytesIO(whole))
        listed(whole, "zstd", services)
    for end in (1, 4, 5, 9, len(one) // 2, len(one) - 1):
        assert not is_whole(io.BytesIO(one[:end])), end
        with pytest.raises(BadModelKit):
            listed(one[:end], "zstd", services)


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_any_spoiled_block_is_told(compression: str, services: Services) -> None:
    data = plain_tar(700)
    made = {"none": data, "gzip": gzip.compress(data), "zstd": zstandard.compress(data)}
    whole = made[compression]
    listed(whole, compression, services)
    rng = random.Random(5)
    told = 0
    for _ in range(150):
        bad = bytearray(whole)
        for _flip in range(rng.choice((1, 3))):
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        try:
            end = rng.choice((len(bad), rng.randrange(len(bad))))
            listed(bytes(bad[:end]), compression, services)
        except KitDeskError:
            told += 1
    assert told > 20
