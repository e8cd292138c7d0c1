"""Hold what could help: practices, courses, readings and who provides them."""
