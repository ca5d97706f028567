"""The Kitfile: its values, grammar, reading, checking, editing and writing."""
