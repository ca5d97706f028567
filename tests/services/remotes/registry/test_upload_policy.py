"""What is known of hosts before the first upload, and where an upload may go."""

from __future__ import annotations

import pytest
import requests

from kitdesk.errors import Refused
from kitdesk.services.remotes.registry.responses import upload_location
from kitdesk.services.remotes.registry.upload_policy import CHUNK_BYTES, UploadPolicy, policy_for

MIB = 1 << 20
RULES = {
    "ghcr.io": 0,
    "gcr.io": 0,
    "eu.gcr.io": 0,
    "europe-west4-docker.pkg.dev": 0,
    "public.ecr.aws": 0,
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com": 0,
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn": 0,
    "team.azurecr.io": 16 << 20,
    "docker.io": CHUNK_BYTES,
    "registry-1.docker.io": CHUNK_BYTES,
    "jozu.ml": CHUNK_BYTES,
    "quay.io": CHUNK_BYTES,
    "notghcr.io": CHUNK_BYTES,
    "azurecr.io.evil.example": CHUNK_BYTES,
    "localhost:5000": CHUNK_BYTES,
}


@pytest.mark.parametrize(("host", "chunk"), RULES.items())
def test_what_is_known_of_hosts(host: str, chunk: int) -> None:
    rule = policy_for(host)
    assert rule.chunk == chunk
    assert rule.is_monolithic(5 << 30) == (chunk == 0)
    assert rule.is_monolithic(16 << 20)


def test_rules_shrink_to_an_end() -> None:
    rule: UploadPolicy | None = UploadPolicy(64 * MIB, 16 * MIB)
    seen = []
    while rule is not None:
        seen.append(rule.chunk)
        rule = rule.with_smaller_chunks(rule.chunk)
    assert seen[:4] == [64 * MIB, 16 * MIB, 4 * MIB, MIB]
    assert seen == sorted(seen, reverse=True)


def test_an_encrypted_registry_sends_no_layer_in_the_clear() -> None:
    def at(place: str) -> str:
        answer = requests.Response()
        answer.headers["Location"] = place
        return upload_location("https://r.example", "https://r.example/v2/x/", answer)

    assert at("/v2/x/1?a=b&c=") == "https://r.example/v2/x/1?a=b&c="
    assert at("http://r.example/v2/x/1?s=%2F") == "https://r.example/v2/x/1?s=%2F"
    assert at("https://store.example/1?s=1") == "https://store.example/1?s=1"
    with pytest.raises(Refused, match="without encryption"):
        at("http://store.example/1")
    with pytest.raises(Refused, match="no place"):
        at("http://[")
