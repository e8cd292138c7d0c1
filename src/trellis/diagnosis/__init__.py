"""Turn data that a school has into insight about what to look at next, as pure functions."""
