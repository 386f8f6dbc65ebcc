"""The desk room; see docs/concepts/house.md."""
