"""Runs and long work: remembered, in pieces, prepared ahead; and what fails, in words."""
