"""Controllers: each starts the jobs of one subject and writes its part of the state."""
