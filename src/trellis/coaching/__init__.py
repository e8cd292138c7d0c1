"""Carry partnerships: agreements, visits, sessions and the promises of both."""
