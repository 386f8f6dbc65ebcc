"""The policy room; see docs/concepts/house.md."""
