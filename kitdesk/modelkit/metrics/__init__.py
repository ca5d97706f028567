"""What a version scores: metrics read from values, thresholds, and whether one passes them."""
