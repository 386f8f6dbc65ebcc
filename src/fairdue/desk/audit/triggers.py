"""The triggers that keep the trail append-only, and the statements that take them off again (for tests' clean-up).

SQLite: an event is written with its place, so nothing is ever updated. PostgreSQL: the place is filled in once, after the
commit (`services.seal`); any other update, and every delete or truncate, is refused.
"""

from __future__ import annotations

SQLITE = [
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_auditevent BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditevent BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
]
FUNCTION = """CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.previous IS NOT NULL AND NEW.hash IS NOT NULL
       AND (NEW.id, NEW.at, NEW.actor_name, NEW.kind, NEW.subject, NEW.payload, NEW.digest)
         = (OLD.id, OLD.at, OLD.actor_name, OLD.kind, OLD.subject, OLD.payload, OLD.digest)
       AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id AND NEW.customer_id IS NOT DISTINCT FROM OLD.customer_id
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only';
END $$"""
POSTGRES = [
    FUNCTION,
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditevent FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
]
SQLITE_BACK = ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"]
POSTGRES_BACK = [
    "DROP TRIGGER audit_no_change ON audit_auditevent",
    "DROP TRIGGER audit_no_truncate ON audit_auditevent",
    "DROP FUNCTION audit_append_only()",
]
