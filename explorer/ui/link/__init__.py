"""The page's link: readers of its values, and the controls that are bound to it."""
