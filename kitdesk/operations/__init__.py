"""The verbs: one plain function a file, ``f(..., report) -> result``. No window, no terminal."""
