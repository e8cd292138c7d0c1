"""Know who is who: persons, schools, sections and dated role grants."""
