"""Carry a teacher's own plan: goals, measures, check-ins and suggestions of others."""
