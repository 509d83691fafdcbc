"""The page's one state: a link becomes values, values become a link, and in between the controls hold them."""
