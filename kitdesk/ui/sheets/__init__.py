"""Sheets: one decision each, inside the window."""
