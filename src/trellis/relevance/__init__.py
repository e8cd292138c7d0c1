"""Say which resources could be relevant to a teacher, by named reasons and nothing else."""
