"""Say whether a program moved the needle: designs, estimates, verdicts, cost; pure functions."""
