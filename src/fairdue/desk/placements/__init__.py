"""Placements: which account is with which agency, from when until when, and how it came back."""
