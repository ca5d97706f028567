"""The workspace state that the views read: plain values."""
