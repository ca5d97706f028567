"""Layers of versions: writing, scanning, listing, extracting them."""
