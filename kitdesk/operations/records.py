"""Records beside a version: made here, sent with it, fetched with it (ARCHITECTURE.md, 13)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.digest import hex_of
from kitdesk.modelkit.primitives.repository_url import public_url
from kitdesk.modelkit.records.statement import (
    LONGEST_NOTE,
    PACK,
    PROVENANCE,
    TEST_RESULT,
    statement,
)
from kitdesk.services.git.repository import read_settings
from kitdesk.services.history.journal import now, user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.modelkit.metrics.gate import GateResult
    from kitdesk.services.container import Services
    from kitdesk.services.git.working_copy import WorkingCopyState

RecordPolicy = Literal["auto", "always", "never"]
"""auto: sent where the registry answers for referrers, else kept here."""
_CI = (("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"), ("CI_JOB_URL",))


def who(folder: Path | None, services: Services) -> str:
    """Name of whoever works: git's ``user.name``, else the login; "" where that is switched off."""
    if not services.settings.flag("record_who"):
        return ""
    places = [folder / ".git" / "config"] if folder else []
    home = os.environ.get("HOME")
    places += [Path(home) / ".gitconfig"] if home else []
    named = (read_settings(place).user for place in places)
    return next((name for name in named if name), user())


def one_line(text: str) -> str:
    """The line "why", plain; raises BadReference for more than 500 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > LONGEST_NOTE:
        raise BadReference(f"The line why has more than {LONGEST_NOTE} characters.", "Shorten it.")
    return line


def keep_pack_record(
    name: str,
    digest: str,
    kitfile: Kitfile,
    git: WorkingCopyState,
    services: Services,
    *,
    folder: Path,
    parent: str,
    started: str,
    options: Mapping[str, str],
    note: str = "",
) -> str:
    """Keep who packed a version, when, from what; digest of the record.

    Nothing of the machine is in it: no host name, address, absolute path or environment.
    """
    known = next((one for one in services.records.of(digest) if one.kind == "pack"), None)
    if known is not None and parent in ("", digest) and note in ("", known.note):
        return known.digest  # the same bytes from the same folder, with nothing to add
    source = public_url(git.origin)
    needed: list[dict[str, Any]] = []
    if git.commit:
        git_source: dict[str, Any] = {"name": "source", "digest": {"gitCommit": git.commit}}
        if source:
            git_source["uri"] = f"git+{source}"
        needed.append(git_source)
    if parent and parent != digest:
        needed.append({"name": "parent", "digest": {"sha256": hex_of(parent)}})
    needed += [
        {"name": f"data:{entry.name or entry.path}", "digest": {"sha256": hex_of(entry.digest)}}
        for entry in kitfile.datasets
        if digests.is_digest(entry.digest)
    ]
    definition: dict[str, Any] = {
        "buildType": PACK,
        "externalParameters": {"reference": name, **options},
        "resolvedDependencies": needed,
    }
    if git.commit:
        definition["internalParameters"] = {
            "kitdesk_git": {
                "branch": git.branch,
                "folder": git.folder,
                "modified": list(git.modified),
                "modified_count": git.modified_count,
                "untracked": list(git.untracked),
                "untracked_count": git.untracked_count,
            }
        }
    predicate: dict[str, Any] = {
        "buildDefinition": definition,
        "runDetails": {
            "builder": {"id": builder()},
            "metadata": {"startedOn": started, "finishedOn": now()},
        },
        **_person(folder, note, services),
    }
    return services.records.keep(digest, statement(name, digest, PROVENANCE, predicate))


def keep_test_record(
    name: str,
    digest: str,
    result: GateResult | None,
    services: Services,
    *,
    rules_digest: str = "",
    promotion: Mapping[str, str] | None = None,
    metrics: Sequence[tuple[str, float]] = (),
    source: str = "",
    note: str = "",
) -> str:
    """Keep what a gate said, a promotion did, or an A/B test found; digest of the record."""
    tests = result.tests if result else ()
    predicate: dict[str, Any] = {
        "result": "PASSED" if result is None or result.ok else "FAILED",
        "configuration": [],
        "passedTests": [one.name for one in tests if one.verdict.value == "pass"],
        "warnedTests": [],
        "failedTests": [one.name for one in tests if one.verdict.value == "fail"],
        "kitdesk_time": now(),
        **_person(None, note, services),
    }
    if rules_digest:
        predicate["configuration"] = [
            {"name": "kitdesk.toml", "digest": {"sha256": hex_of(rules_digest)}}
        ]
    if tests:
        predicate["kitdesk_tests"] = [
            {
                "name": one.name,
                "verdict": one.verdict.value,
                "value": one.value.value if one.value else None,
                "limit": str(one.limit) if one.limit is not None else None,
                "against": one.against or None,
            }
            for one in tests
        ]
    if promotion:
        predicate["kitdesk_promotion"] = dict(promotion)
    if metrics:
        predicate["kitdesk_metrics"] = [{"name": n, "value": v} for n, v in metrics]
        predicate["kitdesk_source"] = one_line(source)
    return services.records.keep(digest, statement(name, digest, TEST_RESULT, predicate))


def builder() -> str:
    """What packs: this program, or the CI run that it is part of."""
    for names in _CI:
        values = [os.environ.get(name, "") for name in names]
        if all(values):
            server, *rest = values
            url = f"{server}/{rest[0]}/actions/runs/{rest[1]}" if rest else server
            return public_url(url) or "urn:kitdesk:cli"
    return "urn:kitdesk:cli"


def _person(folder: Path | None, note: str, services: Services) -> dict[str, str]:
    said = {"kitdesk_who": who(folder, services), "kitdesk_note": one_line(note)}
    return {name: text for name, text in said.items() if text}
