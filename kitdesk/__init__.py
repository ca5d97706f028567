"""KitDesk: versions of a machine-learning project, as ModelKits, by clicking."""

__version__ = "0.1.0"
