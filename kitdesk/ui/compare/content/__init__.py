"""The content of the chosen file: one head and one body for each kind of file."""
