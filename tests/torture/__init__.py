"""Programs killed in the middle of an import, at random moments, as the power would."""
