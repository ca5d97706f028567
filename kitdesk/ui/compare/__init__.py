"""Compare: what differs between two sides, from the verdict down to a line."""
