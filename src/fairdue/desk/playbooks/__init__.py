"""The trainer's room: overlays of playbook packs, their approval, releases, and the reports that nothing fits."""
