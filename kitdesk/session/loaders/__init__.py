"""Functions for worker threads that load what the window shows."""
