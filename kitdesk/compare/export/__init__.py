"""A comparison as text, Markdown, CSV or one HTML page: pure functions, inert output."""
