"""OCI registries over HTTP: oras-py for endpoints and session, the rest our own (TRANSPORT.md)."""

from kitdesk.services.remotes.registry.lazy_import import import_lazily

import_lazily("jsonschema")  # oras-py checks manifests with it, which we do not ask for: 50 ms
