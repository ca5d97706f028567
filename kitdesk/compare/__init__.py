"""What differs between two versions: pure functions over values; never executes what it reads."""
