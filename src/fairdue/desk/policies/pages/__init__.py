"""Pages of the policy room."""
