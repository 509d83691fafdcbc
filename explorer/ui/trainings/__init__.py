"""A session's training, and the networks that can be opened from it."""
