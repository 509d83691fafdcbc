"""From an experiment to its trace: the experiment, its inputs, the forward and backward pass, the record."""
