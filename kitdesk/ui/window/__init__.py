"""The main window: layout, pages, tool bar, focus."""
