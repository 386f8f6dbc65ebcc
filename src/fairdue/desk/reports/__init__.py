"""The board: today's contacts, promises due and kept, cash, recovered share against the targets."""
