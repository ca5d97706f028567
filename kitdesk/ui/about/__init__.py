"""About: what a version is."""
