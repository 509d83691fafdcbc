"""Comparisons of the engine with independent computations."""
