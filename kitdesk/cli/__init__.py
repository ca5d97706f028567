"""The command line: a second front end over the same verbs."""
