"""Fairdue · 公道: consumer debt collection that is fair by construction."""

__version__ = "0.1.0"
