"""doctor: try each thing that KitDesk needs of a registry, and say what to do where it fails."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitdesk.errors import AuthRequired, KitDeskError, Unreachable
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.inputs.remotes import connection_of
from kitdesk.operations.sign_in import check_host
from kitdesk.progress import Progress, silent

if TYPE_CHECKING:
    import requests

    from kitdesk.operations.inputs.remotes import RemoteOptions
    from kitdesk.progress import Report
    from kitdesk.services.remotes.registry.client import Client

State = Literal["ok", "limited", "failed"]
PROBE = "kitdesk-doctor/probe"
"""Repository that is tried unless another one is named."""
PROBE_SIZE = 64
ACCEPTED, CREATED, OK, PARTIAL = 202, 201, 200, 206


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    name: str
    state: State
    """``limited``: a refusal that does no harm to what KitDesk is mostly used for."""
    sentence: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of it, and the verdict in one sentence."""

    host: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True when versions can be pushed and pulled."""
        return all(finding.state != "failed" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.ok:
            bad = next(one for one in self.findings if one.state == "failed")
            return f"{self.host} cannot be used as it is: {bad.name} does not work."
        if any(one.state == "limited" for one in self.findings):
            return "Everything you need works; something that is nice to have does not."
        return "Everything works."


def doctor(
    host: str, options: RemoteOptions, repository: str = "", report: Report = silent
) -> Diagnosis:
    """Try reachability, encryption, signing in, push, Range, delete and referrers.

    Leaves a blob of 64 bytes in the repository (``kitdesk-doctor/probe`` unless one is named).
    """
    from kitdesk.services.remotes.registry.client import Client

    client = Client(connection_of(check_host(host), options))
    try:
        return Diagnosis(host, tuple(_examine(client, repository or PROBE, report)))
    finally:
        client.close()


def _examine(client: Client, repository: str, report: Report) -> list[Finding]:
    found: list[Finding] = []
    report(Progress("Asking whether it is there"))
    found += _reach(client)
    if found[-1].state == "failed":
        return found
    base = f"{client.root}/v2/{repository}"
    report(Progress("Trying to push"))
    blob = _push(client, base, found)
    if blob:
        report(Progress("Trying pieces"))
        found.append(_pieces(client, f"{base}/blobs/uploads/"))
        report(Progress("Trying a part of a blob"))
        found.append(_range(client, f"{base}/blobs/{blob}"))
    report(Progress("Trying delete and referrers"))
    nothing = f"sha256:{'0' * 64}"
    found.append(_delete(client, f"{base}/manifests/{nothing}"))
    found.append(_referrers(client, f"{base}/referrers/{nothing}"))
    return found


def _reach(client: Client) -> list[Finding]:
    host = client.connection.host
    login = f"Sign in: kitdesk login {host}"
    try:
        answer = client.do_request(f"{client.root}/v2/")
    except AuthRequired as error:
        there = Finding("reaching it", "ok", f"{host} answers.")
        return [there, _sealed(client), Finding("signing in", "failed", error.title, login)]
    except Unreachable as error:
        sealed = "--tls-" in error.hint or "--plain-http" in error.hint
        hint = error.hint if sealed else "Check the name, the port, the network."
        return [Finding("reaching it", "failed", error.title, hint)]
    except KitDeskError as error:
        return [Finding("reaching it", "failed", error.title, error.hint)]
    if answer.status_code != OK:
        words = f"{host} answers, but not as a registry ({answer.status_code})."
        return [Finding("reaching it", "failed", words, "Check the port and the address.")]
    who = client.user
    words = "The registry lets anybody in." if who is None else f"You are in as {who or 'a token'}."
    return [
        Finding("reaching it", "ok", f"{host} answers."),
        _sealed(client),
        Finding("signing in", "ok", words),
    ]


def _sealed(client: Client) -> Finding:
    host = client.connection.host
    if client.root.startswith("https:"):
        if client.connection.insecure:
            words = f"{host} is encrypted, but its certificate was not checked."
            return Finding("encryption", "limited", words, "Name its certificate with --tls-ca.")
        return Finding("encryption", "ok", f"{host} answers over TLS.")
    if client.connection.plain_http is None:
        return Finding("encryption", "ok", f"{host} is on this machine and needs no TLS.")
    words = f"{host} answers without TLS: anybody on the way can read along."
    return Finding("encryption", "limited", words, "Use it inside a closed network only.")


def _push(client: Client, base: str, found: list[Finding]) -> str:
    """Upload a tiny blob; returns its digest, "" if that was refused."""
    host = client.connection.host
    try:
        begun = client.do_request(f"{base}/blobs/uploads/", "POST", headers={"Content-Length": "0"})
        place = begun.headers.get("Location", "")
        data = os.urandom(PROBE_SIZE)
        digest = digests.of_bytes(data)
        stored: requests.Response | None = None
        if begun.status_code == ACCEPTED and place:
            from urllib.parse import urljoin

            target = urljoin(f"{base}/", place)
            join = "&" if "?" in target else "?"
            kind = {"Content-Type": "application/octet-stream"}
            stored = client.do_request(f"{target}{join}digest={digest}", "PUT", data, kind)
    except AuthRequired as error:
        fix = f"Sign in with an account that may push: kitdesk login {host}"
        found.append(Finding("pushing", "failed", error.title, fix))
        return ""
    except KitDeskError as error:
        found.append(Finding("pushing", "failed", error.title, error.hint))
        return ""
    if stored is not None and stored.status_code == CREATED:
        found.append(Finding("pushing", "ok", "Layers can be pushed."))
        return digest
    fix = "Name a repository that you may write: kitdesk doctor HOST --repository NAME"
    words = f"{host} refused a layer ({(stored or begun).status_code})."
    found.append(Finding("pushing", "failed", words, fix))
    return ""


def _pieces(client: Client, url: str) -> Finding:
    """Begin an upload, send a piece, give it up."""
    from kitdesk.services.remotes.registry.responses import upload_location
    from kitdesk.services.remotes.registry.upload_policy import policy_for

    words = "This registry wants every layer in one piece."
    fix = "Nothing to do: KitDesk does so. A push that is cut sends the open layer again."
    whole = Finding("large layers", "limited", words, fix)
    if not policy_for(client.connection.host).chunk:
        return whole
    kind = {"Content-Type": "application/octet-stream", "Content-Range": f"0-{PROBE_SIZE - 1}"}
    try:
        begun = client.do_request(url, "POST", headers={"Content-Length": "0"})
        place = upload_location(client.root, url, begun)
        answer = client.do_request(place, "PATCH", bytes(PROBE_SIZE), kind)
        if answer.status_code != ACCEPTED:
            return whole
        client.do_request(upload_location(client.root, place, answer), "DELETE")
    except KitDeskError:
        return whole
    return Finding("large layers", "ok", "Large layers go in pieces, and a cut push goes on.")


def _range(client: Client, url: str) -> Finding:
    try:
        answer = client.do_request(url, headers={"Range": "bytes=8-15"})
    except KitDeskError as error:
        return Finding("parts of layers", "failed", error.title, error.hint)
    if answer.status_code == PARTIAL and len(answer.content) == 8:
        words = "Remote versions can be looked into, and pulls resume."
        return Finding("parts of layers", "ok", words)
    words = "This registry sends whole layers only."
    fix = "Comparing remote versions fetches the layers that differ; a cut pull begins again."
    return Finding("parts of layers", "limited", words, fix)


def _delete(client: Client, url: str) -> Finding:
    try:
        status = client.do_request(url, "DELETE").status_code
    except KitDeskError:
        status = 0
    if status in (404, ACCEPTED):
        return Finding("deleting", "ok", "Versions can be deleted from here.")
    words = "This registry does not let you delete versions."
    return Finding("deleting", "limited", words, "Delete them in the registry's own pages.")


def _referrers(client: Client, url: str) -> Finding:
    try:
        status = client.do_request(url).status_code
    except KitDeskError:
        status = 0
    if status == OK:
        return Finding("referrers", "ok", "Signatures and notes beside a version can be found.")
    words = "This registry knows no referrers (signatures beside a version)."
    return Finding("referrers", "limited", words, "Nothing to do: KitDesk works without them.")
