"""The tar archives of layers, byte for byte as kit writes them."""
