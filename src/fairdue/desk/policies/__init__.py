"""The policy room: rules in force, changes of the house with their effect and approval, duties that no decision can keep."""
