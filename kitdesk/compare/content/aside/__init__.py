"""What the child process does: decode with native libraries, with few resources and no paths."""
