"""The table of actions, their availability, targets and handlers."""
