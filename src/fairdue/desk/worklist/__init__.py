"""Today's lists: night runs, entries with their reasons, tasks that fall due, the day's rhythm."""
