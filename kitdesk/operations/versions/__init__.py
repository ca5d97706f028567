"""Lists of versions, local and remote."""
