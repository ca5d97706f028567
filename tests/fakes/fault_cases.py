"""Every fault of a registry, at a push and at a pull: what becomes of it, and what it costs.

Run by a test (which judges) and by ``tests.bench.faults`` (which prints the table).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote, options_of
from kitdesk.operations.local_versions import verify
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

UNIT = 512 << 10
LAYER = 8 * UNIT
PIECE = 2 * UNIT
"""Pieces and single PUTs are made small for these cases by whoever runs them."""

PATCH, PUT, GET = ("PATCH", "/uploads/"), ("PUT", "/uploads/"), ("GET", "/blobs/sha256:")
DIGEST = b'{"errors":[{"code":"DIGEST_INVALID"}]}'
ALWAYS = 99


@dataclass(frozen=True)
class Case:
    """One fault; what is expected: ``ok`` or the code of the error."""

    name: str
    push: Callable[[str], list[Fault]] | None
    pull: Callable[[str], list[Fault]] | None
    push_ends: str = "ok"
    pull_ends: str = "ok"
    push_costs: int = 0
    """Bytes that may be sent twice, at most (and a little for heads)."""
    pull_costs: int = 0
    limit: str = ""
    """KITDESK_TIMEOUT, seconds."""


CASES = (
    Case("nothing", lambda _: [], lambda _: []),
    Case(
        "cut inside",
        lambda _: [Fault(*PATCH, cut_request=UNIT, after=1, larger=0)],
        lambda _: [Fault(*GET, cut_answer=3 * UNIT)],
        push_costs=4 * UNIT,  # docker-registry 2.8 drops what a cut piece belonged to
    ),
    Case(
        "cut for ever",
        lambda _: [Fault(*PATCH, cut_request=1000, times=ALWAYS)],
        lambda _: [Fault(*GET, cut_answer=0, times=ALWAYS)],
        "unreachable",
        "unreachable",
        push_costs=UNIT,
    ),
    Case(
        "429, Retry-After",
        lambda _: [Fault(*PATCH, status=429, headers={"Retry-After": "0"}, after=1)],
        lambda _: [Fault(*GET, status=429, headers={"Retry-After": "0"})],
        push_costs=PIECE,
    ),
    Case(
        "503 three times",
        lambda _: [Fault(*PATCH, status=503, times=3)],
        lambda _: [Fault(*GET, status=503, times=3)],
        push_costs=3 * PIECE,
    ),
    Case(
        "wrong digest once",
        lambda _: [Fault(*PUT, status=400, body=DIGEST)],
        lambda _: [Fault(*GET, spoil=lambda data: b"X" + data[1:])],
        push_costs=LAYER,
        pull_costs=LAYER,
    ),
    Case(
        "wrong digest always",
        lambda _: [Fault(*PUT, status=400, body=DIGEST, times=ALWAYS)],
        lambda _: [Fault(*GET, spoil=lambda data: b"X" + data[1:], times=ALWAYS)],
        "wrong-digest",
        "wrong-digest",
        push_costs=LAYER,
        pull_costs=LAYER,
    ),
    Case(
        "truncated",
        None,
        lambda _: [Fault(*GET, spoil=lambda data: data[: len(data) // 2], times=ALWAYS)],
        pull_ends="bad-modelkit",
    ),
    Case(
        "redirect to another host",
        lambda other: [Fault("POST", "/uploads/", reply=lambda u: _moved(u, other), times=ALWAYS)],
        lambda other: [Fault(*GET, redirect=other, times=ALWAYS)],
    ),
    Case(
        "silent once",
        lambda _: [Fault(*PATCH, silent=True, after=1)],
        lambda _: [Fault(*GET, silent=True)],
        push_costs=PIECE,
        limit="0.5",
    ),
    Case(
        "no Range, and a cut",
        None,
        lambda _: [Fault(*GET, cut_answer=3 * UNIT), Fault(*GET, no_range=True, times=ALWAYS)],
        pull_costs=3 * UNIT,
    ),
    Case(
        "upload session lost",
        lambda _: [Fault(*PATCH, status=404, after=2), Fault("GET", "/uploads/", status=404)],
        None,
        push_costs=3 * PIECE,
    ),
    Case(
        "token dies inside",
        lambda _: [
            Fault(*PATCH, status=401, after=1, headers={"WWW-Authenticate": "Bearer @"}),
            Fault("GET", "/token", status=200, body=b'{"token": "t"}'),
        ],
        lambda _: [
            Fault(*GET, status=401, headers={"WWW-Authenticate": "Bearer @"}),
            Fault("GET", "/token", status=200, body=b'{"token": "t"}'),
        ],
        push_costs=PIECE,
    ),
    Case(
        "large bodies refused",
        lambda _: [
            Fault(verb, "/uploads/", status=413, larger=UNIT, times=ALWAYS)
            for verb in ("PATCH", "PUT")
        ],
        None,
        push_costs=PIECE,
    ),
)


def _moved(url: str, other: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{other}/{rest.partition('/')[2]}"


@dataclass(frozen=True)
class Row:
    """What happened."""

    outcome: str
    """``ok`` or the code of the error."""
    title: str
    moved: int
    """Bytes of bodies that went over the line."""
    again: int
    """Of these, what went twice."""
    met: bool
    """The fault really happened."""


def packed_at(folder: Path, services: Services) -> PackResult:
    """A version with one layer."""
    project = folder / "project"
    project.mkdir()
    (project / "Kitfile").write_text("model:\n  path: m.bin\n")
    (project / "m.bin").write_bytes(os.urandom(LAYER - 1024))
    return pack(project, parse("large:v1"), services)


def run(case: Case, way: str, behind: str, folder: Path) -> Row:
    """Carry one case out; ``way`` is push or pull."""
    services = library_at(folder)
    packed = packed_at(folder, services)
    make = case.push if way == "push" else case.pull
    assert make is not None
    faulty, other = FaultyRegistry(behind), FaultyRegistry(behind)
    name = f"{faulty.host}/table/{secrets.token_hex(6)}"
    outcome, title, moved = "ok", "", 0
    try:
        if way == "pull":
            _push(packed, services, name)
        realm = f'Bearer realm="http://{faulty.host}/token",scope="a:b:pull"'
        faulty.faults = [_with_realm(fault, realm) for fault in make(other.host)]
        before = [fault.times for fault in faulty.faults]
        faulty.body_bytes = 0
        reader = library_at(folder / "reader", "store")
        remote = open_remote(parse(name), options_of(services))
        try:
            if way == "push":
                push(packed.digest, packed.reference.name, "v1", remote, services)
            else:
                pull("v1", "localhost/x", remote, reader)
        except KitDeskError as error:
            outcome, title = error.code, error.title
        finally:
            moved = faulty.body_bytes + other.body_bytes if way == "push" else remote.traffic.bytes
            remote.close()
        met = [fault.times for fault in faulty.faults] != before or not before
        faulty.faults = []
        if outcome == "ok" and way == "push":
            _pull(name, packed.digest, reader)
        elif outcome == "ok":
            assert verify(packed.digest, reader).ok
        else:
            _nothing_half(name, way, reader)
    finally:
        faulty.close()
        other.close()
    whole = packed.size + 2000
    return Row(outcome, title, moved, max(0, moved - whole), met)


def _with_realm(fault: Fault, realm: str) -> Fault:
    asks = fault.headers.get("WWW-Authenticate") == "Bearer @"
    return replace(fault, headers={"WWW-Authenticate": realm}) if asks else fault


def _push(packed: PackResult, services: Services, name: str) -> None:
    remote = open_remote(parse(name), options_of(services))
    push(packed.digest, packed.reference.name, "v1", remote, services)
    remote.close()


def _pull(name: str, digest: str, reader: Services) -> None:
    """What arrived is whole."""
    remote = open_remote(parse(name))
    assert pull("v1", "localhost/x", remote, reader).digest == digest
    remote.close()


def _nothing_half(name: str, way: str, reader: Services) -> None:
    """A failure leaves no version, here or there."""
    remote = open_remote(parse(name))
    if way == "push":
        assert remote.resolve("v1") is None
    assert reader.store.versions() == ()
    remote.close()
