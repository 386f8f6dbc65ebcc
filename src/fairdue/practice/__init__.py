"""The practice room; see docs/concepts/house.md."""
