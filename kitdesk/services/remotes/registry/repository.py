"""A repository in a registry: the remote that speaks HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import requests

from kitdesk.errors import BadModelKit, KitDeskError, NotFound, Refused, WrongDigest
from kitdesk.modelkit.oci.manifest import INDEX_MEDIA_TYPE, MANIFEST_MEDIA_TYPE, Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import whole_number
from kitdesk.services.remotes.registry.client import Client
from kitdesk.services.remotes.registry.download import download
from kitdesk.services.remotes.registry.pages import list_tags
from kitdesk.services.remotes.registry.referrers import add_to_fallback, fallback, has_api
from kitdesk.services.remotes.registry.responses import error_from_response, upload_location
from kitdesk.services.remotes.registry.streamed_upload import StreamedUpload
from kitdesk.services.remotes.registry.upload import upload
from kitdesk.services.remotes.registry.upload_policy import policy_for

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.progress import Canceller, Report
    from kitdesk.services.remotes.registry.cache import RegistryCache
    from kitdesk.services.remotes.registry.endpoint import RegistryEndpoint

ACCEPT = ", ".join(
    (
        MANIFEST_MEDIA_TYPE,
        INDEX_MEDIA_TYPE,
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
"""Without it Distribution answers 404 for OCI manifests (TRANSPORT.md, 3.5)."""
MANIFEST_LIMIT = 4 << 20
SMALL_LIMIT = 16 << 20


class RegistryRepository:
    """One repository; one HTTP session for all its threads."""

    def __init__(
        self,
        repository: str,
        connection: RegistryEndpoint,
        memory: RegistryCache | None = None,
        canceller: Canceller | None = None,
    ) -> None:
        self.address = f"{connection.host}/{repository}"
        self._client = Client(connection, canceller)
        self.traffic = self._client.traffic
        self._memory = memory
        self._mounts: dict[str, str] = {}
        self._base = f"{self._client.root}/v2/{repository}"

    @property
    def _host(self) -> str:
        return self._client.connection.host

    def tags(self) -> tuple[str, ...]:
        """All tags, page by page; a repository nobody pushed to yet has none."""
        return list_tags(self._client, self._base)

    def resolve(self, reference: str) -> Descriptor | None:
        """HEAD a manifest."""
        answer = self._client.do_request(
            f"{self._base}/manifests/{reference}", "HEAD", headers={"Accept": ACCEPT}
        )
        if answer.status_code == requests.codes.not_found:
            return None
        if answer.status_code != requests.codes.ok:
            raise error_from_response(self._host, "to show a version", answer)
        digest = answer.headers.get("Docker-Content-Digest", "")
        if not digests.is_digest(digest):
            return self.fetch_manifest(reference)[1]
        size = whole_number(answer.headers.get("Content-Length"))
        return Descriptor(answer.headers.get("Content-Type", MANIFEST_MEDIA_TYPE), digest, size)

    def fetch_manifest(self, reference: str) -> tuple[bytes, Descriptor]:
        """GET a manifest; its bytes are checked against the digest asked for or promised."""
        answer = self._client.do_request(
            f"{self._base}/manifests/{reference}", headers={"Accept": ACCEPT}
        )
        if answer.status_code == requests.codes.not_found:
            raise NotFound(
                f"{reference} is not in {self.address}.",
                "kitdesk versions --remote lists what is there.",
            )
        if answer.status_code != requests.codes.ok:
            raise error_from_response(self._host, "to show a version", answer)
        data = answer.content
        if len(data) > MANIFEST_LIMIT:
            raise BadModelKit(f"The manifest of {reference} is absurdly large.")
        digest = digests.of_bytes(data)
        promised = answer.headers.get("Docker-Content-Digest", digest)
        wanted = reference if digests.is_digest(reference) else promised
        if digest != wanted:
            raise WrongDigest(
                f"{self._host} sent another manifest than its digest says.",
                "Nothing was kept. Tell whoever runs the registry.",
                f"{digest} instead of {wanted}",
            )
        media_type = answer.headers.get("Content-Type", MANIFEST_MEDIA_TYPE).partition(";")[0]
        return data, Descriptor(media_type, digest, len(data))

    def blob_exists(self, digest: str) -> bool:
        """HEAD a blob."""
        answer = self._client.do_request(self._blob(digest), "HEAD")
        return bool(answer.status_code == requests.codes.ok)

    def _blob(self, digest: str) -> str:
        return f"{self._base}/blobs/{digest}"

    def fetch_blob(self, layer: Descriptor) -> bytes:
        """GET a small blob whole, checked."""
        if layer.size > SMALL_LIMIT:
            raise BadModelKit("The config of this version is absurdly large.")
        answer = self._client.do_request(self._blob(layer.digest))
        if answer.status_code != requests.codes.ok:
            raise error_from_response(self._host, "to send a blob", answer)
        if digests.of_bytes(answer.content) != layer.digest:
            raise WrongDigest(
                f"{self._host} sent other bytes than the digest promises.",
                "Nothing was kept. Tell whoever runs the registry.",
                layer.digest,
            )
        return answer.content

    def fetch_range(self, layer: Descriptor, start: int, end: int) -> bytes | None:
        """GET with Range; an answer of 200 means that this registry has none: it is not read."""
        headers = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
        answer = self._client.do_request(self._blob(layer.digest), headers=headers, stream=True)
        with answer:
            if answer.status_code == requests.codes.ok:
                return None
            if answer.status_code != requests.codes.partial_content:
                raise error_from_response(self._host, "to send a part of a layer", answer)
            if not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-{end - 1}/"):
                return None
            data = answer.raw.read(end - start)
            self._client.count(len(data))
            return bytes(data)

    def download(self, layer: Descriptor, part: Path, report: Report) -> int:
        """See :func:`kitdesk.services.remotes.registry.download.download`."""
        return download(self._client, self._blob(layer.digest), layer, part, report)

    def upload(self, layer: Descriptor, source: Path, report: Report) -> int:
        """See :func:`kitdesk.services.remotes.registry.upload.upload`."""
        url = f"{self._base}/blobs/uploads/"
        begun = self._mounts.pop(layer.digest, "")
        return upload(self._client, url, layer, source, report, self._memory, begun)

    def stream(self) -> StreamedUpload | None:
        """A blob that is sent while it is made; None where the host wants one PUT."""
        if not policy_for(self._host, self._memory).chunk:
            return None
        return StreamedUpload(self._client, f"{self._base}/blobs/uploads/")

    def takes_one_put(self) -> None:
        """Remember that the host was found to want one PUT."""
        if self._memory is not None:
            self._memory.set_chunk_size(self._host, 0)

    def mount(self, layer: Descriptor, other: str) -> bool:
        """POST with mount and from; the upload that a refusal opens is used by the next upload."""
        url = f"{self._base}/blobs/uploads/"
        asked = f"{url}?mount={layer.digest}&from={quote(other, safe='/')}"
        scope = f"repository:{other}:pull"
        self._client.add_scope(scope)
        try:
            answer = self._client.do_request(asked, "POST", headers={"Content-Length": "0"})
        except Refused:  # no right to read there, or no mounting at all: then it is sent
            return False
        finally:
            self._client.remove_scope(scope)
        if answer.status_code == requests.codes.accepted:
            self._mounts[layer.digest] = upload_location(self._client.root, url, answer)
        return bool(answer.status_code == requests.codes.created)

    def put_manifest(self, data: bytes, media_type: str, tag: str) -> None:
        """PUT a manifest; what the registry says it stored must be what was sent."""
        digest = digests.of_bytes(data)
        answer = self._client.do_request(
            f"{self._base}/manifests/{tag or digest}", "PUT", data, {"Content-Type": media_type}
        )
        if answer.status_code not in (requests.codes.created, requests.codes.ok):
            raise error_from_response(self._host, "the manifest", answer)
        stored = answer.headers.get("Docker-Content-Digest", digest)
        if stored != digest:
            raise WrongDigest(f"{self._host} stored another manifest than was sent.", "", stored)

    def referrers(self, subject: str, *, with_tag: bool = True) -> tuple[bool, list[Descriptor]]:
        """(whether the registry answers for referrers, records it names).

        Where it names none, those of the fallback tag, too (``with_tag``).
        """
        api, found = has_api(self._client, self._base, subject)
        if found or not with_tag:
            return api, found
        return api, fallback(self._client, self._base, subject)[0]

    def attach(self, data: bytes, subject: str, entry: dict[str, object], *, api: bool) -> bool:
        """Put a record's manifest by its digest; without ``api`` name it at the fallback tag.

        False where the list lost it each time to another writer.
        """
        self.put_manifest(data, MANIFEST_MEDIA_TYPE, "")
        return api or add_to_fallback(self._client, self._base, subject, entry)

    def delete(self, reference: str) -> None:
        """DELETE a digest (all its tags go with it) or, where the registry can, one tag."""
        answer = self._client.do_request(f"{self._base}/manifests/{reference}", "DELETE")
        if answer.status_code not in (requests.codes.accepted, requests.codes.ok):
            raise self._cannot_delete(answer)

    def _cannot_delete(self, answer: requests.Response) -> KitDeskError:
        if answer.status_code in (405, 400):
            return Refused(
                f"{self._host} does not allow deleting.",
                "Whoever runs the registry can switch it on, or delete it there.",
            )
        return error_from_response(self._host, "to delete", answer)

    def interrupt(self) -> None:
        """See :meth:`kitdesk.services.remotes.registry.client.Client.interrupt`."""
        self._client.interrupt()

    def close(self) -> None:
        """Close the session's connections."""
        self._client.close()
