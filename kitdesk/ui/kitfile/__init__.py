"""Kitfile: the editor, its problems, and what will be packed."""
