"""What is asked of a run: verdicts, lenses, trainings, formulas. The rooms hardly know each other."""
