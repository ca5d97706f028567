"""Small values: digests, references, versions, tags, JSON and paths as Go has them."""
