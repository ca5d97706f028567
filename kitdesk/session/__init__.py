"""The running program: jobs, threads, the board of state. QtCore only."""
