"""Tensors: names, types, shapes, and by how much their values differ."""
