"""Models of boosted trees: objective, size, features, parameters."""
