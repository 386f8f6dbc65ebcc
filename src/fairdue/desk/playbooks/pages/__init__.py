"""Pages of the trainer's room."""
