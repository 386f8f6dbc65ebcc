"""The audit trail: append-only, hash-chained, verifiable. `services.write` is called inside every state change."""
