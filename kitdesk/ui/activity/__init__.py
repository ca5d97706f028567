"""Activity: the strip, the panel above it, the error card and the result bar."""
