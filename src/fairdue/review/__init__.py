"""The review room; see docs/concepts/house.md."""
