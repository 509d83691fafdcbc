"""The parts of the training page: what is being trained, the plan's controls, figures, trial and samples."""
