"""One record: an in-toto Statement v1 about a manifest digest (ARCHITECTURE.md, 13)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.modelkit.metrics.reading import LONGEST_NAME, finite
from kitdesk.modelkit.metrics.values import LARGEST_NAMES, MetricValue, Source
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object

if TYPE_CHECKING:
    from collections.abc import Mapping

STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
PACK = "urn:kitdesk:pack:1"
MAX_BYTES = 4 << 20
"""Of one record; larger ones are not read."""
MAX_RECORDS = 64
"""Of one version."""
LONGEST_NOTE = 500
"""Characters of a line "why"."""
_LONGEST_TEXT = 300
_TIMES = frozenset(("startedOn", "finishedOn", "invocationId", "kitdesk_time"))


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says, as far as anybody shows it; unknown parts stay empty."""

    digest: str
    """Of its bytes."""
    subject: str
    """Digest of the version it is about."""
    kind: str
    """``pack``, ``gate``, ``promote``, ``metrics``, or ``other``."""
    predicate_type: str
    time: str = ""
    """RFC 3339, as whoever made it says."""
    who: str = ""
    note: str = ""
    """The one line "why"."""
    tool: str = ""
    """What made it: ``urn:kitdesk:cli``, or the address of a CI run."""
    commit: str = ""
    parent: str = ""
    """Digest of the version that the folder was at."""
    tag: str = ""
    """Of a promotion: the tag that was moved,"""
    before: str = ""
    """and the digest that it had."""
    result: str = ""
    """Of a test: PASSED or FAILED."""
    metrics: tuple[MetricValue, ...] = ()
    """Numbers that were recorded with it."""


def statement(name: str, subject: str, predicate_type: str, predicate: Mapping[str, Any]) -> bytes:
    """The bytes of a record: compact JSON, sorted keys, UTF-8."""
    found = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digests.hex_of(subject)}}],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def read_record(data: bytes, subject: str) -> Record | None:
    """Read a record about one version; None for anything else, whatever it is."""
    if len(data) > MAX_BYTES:
        return None
    try:
        found = loads_object(data)
    except BadJson:
        return None
    predicate = found.get("predicate")
    if not isinstance(predicate, dict) or not _is_about(found.get("subject"), subject):
        return None
    kind = _text(found.get("predicateType"))
    values: dict[str, Any] = {
        "who": _text(predicate.get("kitdesk_who")),
        "note": _text(predicate.get("kitdesk_note"), LONGEST_NOTE),
        "time": _text(predicate.get("kitdesk_time")),
    }
    if kind == PROVENANCE:
        values |= _provenance(predicate)
        name = "pack"
    elif kind == TEST_RESULT:
        values |= _test(predicate)
        name = "promote" if values["tag"] else "metrics" if values["metrics"] else "gate"
    else:
        name = "other"
    if values.get("metrics"):
        values["metrics"] = _dated(values["metrics"], values)
    return Record(digests.of_bytes(data), subject, name, kind, **values)


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two records say the same, but for times and ids."""
    try:
        return bool(_timeless(loads_object(one)) == _timeless(loads_object(other)))
    except (BadJson, RecursionError):
        return False


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items() if name not in _TIMES}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


def _is_about(listed: object, subject: str) -> bool:
    wanted = digests.hex_of(subject)
    if not isinstance(listed, list):
        return False
    named = [one.get("digest") for one in listed[:MAX_RECORDS] if isinstance(one, dict)]
    return any(isinstance(one, dict) and one.get("sha256") == wanted for one in named)


def _provenance(predicate: dict[str, Any]) -> dict[str, Any]:
    definition, details = _table(predicate, "buildDefinition"), _table(predicate, "runDetails")
    metadata = _table(details, "metadata")
    commit = parent = ""
    needed = definition.get("resolvedDependencies")
    for one in needed[:LARGEST_NAMES] if isinstance(needed, list) else ():
        if isinstance(one, dict):
            digest = _table(one, "digest")
            if one.get("name") == "parent" and digests.is_digest(f"sha256:{digest.get('sha256')}"):
                parent = f"sha256:{digest['sha256']}"
            commit = commit or _text(digest.get("gitCommit"))
    return {
        "time": _text(metadata.get("finishedOn") or metadata.get("startedOn")),
        "tool": _text(_table(details, "builder").get("id")),
        "commit": commit,
        "parent": parent,
        "metrics": _metrics(predicate, Source.RUN),
    }


def _test(predicate: dict[str, Any]) -> dict[str, Any]:
    moved = _table(predicate, "kitdesk_promotion")
    return {
        "result": _text(predicate.get("result")),
        "tag": _text(moved.get("tag")),
        "before": _text(moved.get("before")),
        "metrics": _metrics(predicate, Source.RECORDED),
    }


def _metrics(predicate: dict[str, Any], source: Source) -> tuple[MetricValue, ...]:
    listed = predicate.get("kitdesk_metrics")
    found = []
    for one in listed[:LARGEST_NAMES] if isinstance(listed, list) else ():
        name = one.get("name") if isinstance(one, dict) else None
        value = finite(one.get("value")) if isinstance(one, dict) else None
        if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and value is not None:
            found.append(MetricValue(name, value, source, _text(predicate.get("kitdesk_source"))))
    return tuple(found)


def _dated(metrics: tuple[MetricValue, ...], values: dict[str, Any]) -> tuple[MetricValue, ...]:
    return tuple(
        MetricValue(one.name, one.value, one.source, one.place, values["time"], values["note"])
        if one.source is Source.RECORDED
        else one
        for one in metrics
    )


def _table(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object, longest: int = _LONGEST_TEXT) -> str:
    return " ".join(value[:longest].split()) if isinstance(value, str) else ""
