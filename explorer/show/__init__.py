"""Turns records into words, pictures and files."""
