"""The cliff: loss over two coordinates, and what gradient descent does there with and without clipping.

`survey` and `descend` are long work where the landscape is a network's.
"""
