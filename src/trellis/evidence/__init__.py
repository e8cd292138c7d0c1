"""Hold what is known about a classroom, where it came from, and who owns it."""
