"""The questions to ask about a run: verdicts, lenses, trainings, formulas. They rarely import each other."""
