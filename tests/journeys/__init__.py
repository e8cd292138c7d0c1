"""Stories of the product, told by people in a real browser."""
