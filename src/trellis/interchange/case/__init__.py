"""Read, check and write frameworks and standards by CASE 1.0 and 1.1."""
