"""Icons, themes, fonts and the sample project; read through importlib.resources."""
