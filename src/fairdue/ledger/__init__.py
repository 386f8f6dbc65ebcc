"""The ledger room; see docs/concepts/house.md."""
