"""YAML as kit reads it: nodes with marks, scalars, and the emitter of Go."""
