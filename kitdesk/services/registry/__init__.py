"""OCI registries over HTTP: oras-py for endpoints and session, the rest our own (transport.md)."""
