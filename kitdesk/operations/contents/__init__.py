"""The files of a version, wherever its layers are."""
