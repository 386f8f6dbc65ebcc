"""Holds and cases: dispute, paid-claimed, hardship, complaint, vulnerability, lawyer. A hold stops collection."""
