"""The portfolio room; see docs/concepts/house.md."""
