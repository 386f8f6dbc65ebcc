"""The playbook room; see docs/concepts/house.md."""
