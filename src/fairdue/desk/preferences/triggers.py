"""A row of the history is written once; it may end, once. The database itself refuses any other change of a row.

Deleting is not refused here: customers with a history are kept by the foreign keys (PROTECT).
"""

from __future__ import annotations

WRITTEN_ONCE = "what a person asked for or agreed to is written once and may only end, once"
FIXED = (
    "customer_id", "line_id", "account_id", "kind", "value", "before", "how", "contact_id", "reference", "said_on",
    "valid_until", "given_at", "set_by_id",
)  # fmt: skip


def _refused(differs: str) -> str:
    changed = " OR ".join(f'NEW."{name}" {differs} OLD."{name}"' for name in FIXED)
    return f"OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR {changed}"


SQLITE = [
    f"""CREATE TRIGGER preference_once BEFORE UPDATE ON preferences_preference
    BEGIN SELECT RAISE(ABORT, '{WRITTEN_ONCE}') WHERE {_refused("IS NOT")}; END"""
]
SQLITE_BACK = ["DROP TRIGGER preference_once"]
POSTGRES = [
    f"""CREATE FUNCTION preference_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_refused("IS DISTINCT FROM")} THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{WRITTEN_ONCE}';
      END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER preference_once BEFORE UPDATE ON preferences_preference FOR EACH ROW EXECUTE FUNCTION preference_once()",
]
POSTGRES_BACK = ["DROP TRIGGER preference_once ON preferences_preference", "DROP FUNCTION preference_once()"]
