"""Trainings of a session: the one that runs, and the networks that one opens from it."""
