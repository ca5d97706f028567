"""Manifest, config and layer entries of a ModelKit and a ModelPack."""
