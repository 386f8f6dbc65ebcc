"""The dialogue room; see docs/concepts/house.md."""
