"""The engine held against what is not the engine."""
