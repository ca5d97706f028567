"""Small shared widgets: labels, buttons, marks, bars, layouts, sheets."""
