"""The board reads other features; it has no tables of its own."""
