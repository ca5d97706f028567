"""What a ModelKit is: values and pure functions, no I/O beyond what is handed in."""
