"""Pickled objects, read as data: what would be built, found out without building it."""
