"""The versions tree."""
