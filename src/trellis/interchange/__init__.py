"""Read what other systems write: every departure becomes a problem with a place and an advice."""
