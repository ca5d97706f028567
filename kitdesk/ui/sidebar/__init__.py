"""The side pane: the folder card, the remote and the versions."""
