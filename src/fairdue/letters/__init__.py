"""The letters room; see docs/concepts/house.md."""
