"""Instalment plans: in-commission plans and personalised card agreements, their parts and what keeping them stops."""
