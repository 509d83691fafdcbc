"""What a network is made of: cells, tasks, initialisers, losses, clipping, optimisers."""
