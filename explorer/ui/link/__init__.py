"""The link of the page: its readers, and what the controls make of it."""
