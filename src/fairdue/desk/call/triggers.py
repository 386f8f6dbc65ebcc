"""What the database itself holds up between a permit and its contact, on SQLite and PostgreSQL (a migration makes it).

A contact: only on a permit that is open (or ran out while the call was going on), with the same customer, line, agent,
channel and mode, begun in the permit's time; inserting it uses the permit up, in the same statement. What binds the two
never changes afterwards. A permit: its bindings never change, its time is only ever prolonged and only while it is open, and
it goes from open to used, expired or released and (late record of a call that was made) from expired to used, never back.
"""

from __future__ import annotations

PERMIT_BOUND = (
    "number", "customer_id", "line_id", "account_id", "agent_id", "channel", "mode", "purpose", "taken_at", "request_key",
)  # fmt: skip
CONTACT_BOUND = ("permit_id", "customer_id", "line_id", "agent_id", "channel", "mode", "started_at")

NOT_ITS_PERMIT = "a contact needs an open permit of the same customer, line, agent, channel and mode"
BOUND = "what binds a permit and its contact does not change"
NOT_BACK = "a permit goes from open to used, expired or released, and never back"

_FITS = """EXISTS (SELECT 1 FROM call_permit p WHERE p.id = NEW.permit_id AND p.state IN ('open', 'expired')
      AND p.customer_id = NEW.customer_id AND p.line_id = NEW.line_id AND p.agent_id = NEW.agent_id
      AND p.channel = NEW.channel AND p.mode = NEW.mode
      AND NEW.started_at >= p.taken_at AND NEW.started_at <= p.expires_at)"""
_HAS_CONTACT = "EXISTS (SELECT 1 FROM call_contact c WHERE c.permit_id = NEW.id)"


def _changed(columns: tuple[str, ...], differs: str) -> str:
    return " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)


def _state(differs: str) -> str:
    """True for a step of a permit's state, or a change of its end, that may not be."""
    return f"""(NEW.state {differs} OLD.state AND NOT (
        (OLD.state = 'open' AND NEW.state IN ('expired', 'released'))
        OR (OLD.state IN ('open', 'expired') AND NEW.state = 'used' AND {_HAS_CONTACT})))
      OR (NEW.expires_at {differs} OLD.expires_at AND (OLD.state <> 'open' OR NEW.expires_at < OLD.expires_at))"""


def _abort(condition: str, message: str) -> str:
    return f"SELECT RAISE(ABORT, '{message}') WHERE {condition};"


SQLITE = [
    f"""CREATE TRIGGER call_contact_permit BEFORE INSERT ON call_contact
    BEGIN {_abort(f"NOT {_FITS}", NOT_ITS_PERMIT)} END""",
    """CREATE TRIGGER call_contact_uses AFTER INSERT ON call_contact
    BEGIN UPDATE call_permit SET state = 'used' WHERE id = NEW.permit_id; END""",
    f"""CREATE TRIGGER call_contact_bound BEFORE UPDATE ON call_contact
    BEGIN {_abort(_changed(CONTACT_BOUND, "IS NOT"), BOUND)} END""",
    f"""CREATE TRIGGER call_permit_steps BEFORE UPDATE ON call_permit BEGIN
    {_abort(_changed(PERMIT_BOUND, "IS NOT"), BOUND)}
    {_abort(_state("IS NOT"), NOT_BACK)} END""",
]
SQLITE_BACK = [
    f"DROP TRIGGER {name}"
    for name in (
        "call_contact_permit", "call_contact_uses", "call_contact_bound", "call_permit_steps",
    )
]  # fmt: skip

_REFUSE = "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE ="
POSTGRES = [
    f"""CREATE FUNCTION call_contact_permit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM call_permit WHERE id = NEW.permit_id FOR UPDATE;
      IF NOT {_FITS} THEN {_REFUSE} '{NOT_ITS_PERMIT}'; END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER call_contact_permit BEFORE INSERT ON call_contact FOR EACH ROW EXECUTE FUNCTION call_contact_permit()",
    """CREATE FUNCTION call_contact_uses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE call_permit SET state = 'used' WHERE id = NEW.permit_id; RETURN NULL; END $$""",
    "CREATE TRIGGER call_contact_uses AFTER INSERT ON call_contact FOR EACH ROW EXECUTE FUNCTION call_contact_uses()",
    f"""CREATE FUNCTION call_contact_bound() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_changed(CONTACT_BOUND, "IS DISTINCT FROM")} THEN {_REFUSE} '{BOUND}'; END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER call_contact_bound BEFORE UPDATE ON call_contact FOR EACH ROW EXECUTE FUNCTION call_contact_bound()",
    f"""CREATE FUNCTION call_permit_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_changed(PERMIT_BOUND, "IS DISTINCT FROM")} THEN {_REFUSE} '{BOUND}'; END IF;
      IF {_state("IS DISTINCT FROM")} THEN {_REFUSE} '{NOT_BACK}'; END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER call_permit_steps BEFORE UPDATE ON call_permit FOR EACH ROW EXECUTE FUNCTION call_permit_steps()",
]
POSTGRES_BACK = [
    statement
    for table, name in (
        ("call_contact", "call_contact_permit"),
        ("call_contact", "call_contact_uses"),
        ("call_contact", "call_contact_bound"),
        ("call_permit", "call_permit_steps"),
    )
    for statement in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
]
