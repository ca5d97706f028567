"""in-toto statements about a version, kept beside it: who made, tested or promoted it, and why."""
