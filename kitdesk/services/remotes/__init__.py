"""Remote repositories: the protocol, folder remotes, layers read by Range."""
