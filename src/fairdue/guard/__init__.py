"""The guard room; see docs/concepts/house.md."""
