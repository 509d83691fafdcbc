"""The cliff: the loss over two coordinates, and gradient descent on it with and without clipping.

`survey` and `descend` take long where the landscape is a network's.
"""
