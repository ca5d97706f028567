"""The commands, one module each or a few of one family."""
