"""The call: permit, guided conversation, contact record, outcome."""
