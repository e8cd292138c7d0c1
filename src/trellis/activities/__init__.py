"""Offer programs: offers, participation and cost."""
