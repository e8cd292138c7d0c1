"""Give operators their commands."""
