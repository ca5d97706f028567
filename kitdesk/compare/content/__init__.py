"""What differs inside files, by type, in the words of the work; nothing that is read is run."""
