"""The local disk: atomic writes, locks, hashes by stat, watching, git's branch and commit."""
