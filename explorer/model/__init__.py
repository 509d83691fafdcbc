"""The parts of a network: cells, tasks, initialisers, losses, clipping, optimisers."""
