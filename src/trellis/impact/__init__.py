"""Review programs: registered question, comparison, read-out, decision."""
