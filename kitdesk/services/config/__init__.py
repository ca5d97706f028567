"""Where KitDesk keeps its own files, its settings and its log."""
