"""What git knows of a folder, read from its files; git itself is never started."""
