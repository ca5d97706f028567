"""kit's local OCI store: index, records, blobs."""
