"""The page On this machine."""
