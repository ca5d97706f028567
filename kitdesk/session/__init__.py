"""The running program: jobs, threads, the workspace of state. QtCore only."""
