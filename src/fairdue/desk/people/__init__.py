"""Who works here: users, roles, sign-in, lock-out, working capacity and skills."""
