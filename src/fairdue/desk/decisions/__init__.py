"""Every answer of the gate, allowed or refused, explained so that a layman understands it."""
