"""The controls: one per parameter, made from the table, and their places on the page."""
