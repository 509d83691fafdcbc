"""From a description to a record: an experiment, what it reads, the walk through it, its trace."""
