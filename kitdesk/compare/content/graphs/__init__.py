"""Model graphs: operators, inputs, outputs, and their weights as tensors."""
