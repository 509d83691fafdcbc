"""Runs and long work: cached, done in pieces, prepared ahead; and error messages for failures."""
