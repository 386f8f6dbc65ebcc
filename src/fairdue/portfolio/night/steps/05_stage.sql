-- Purpose: the position and the stage of each account by its product's phase table.
-- In: owed, charged, replayed, phases(product, stage, from_day, to_day), params
-- Out: snapshot(account_id, debtor_id, product, dpd, cycles, stage, interest_fen, penalty_fen, due_fen, principal_fen, …)
-- due_fen is what should have been paid by now (before the due date: the bill that is coming), 0 once the arrears are made up.
CREATE OR REPLACE TABLE positions AS
SELECT account_id, interest_fen, penalty_fen, principal_fen, overdue_fen, late_since, credit_fen FROM charged
UNION ALL
SELECT account_id, interest_fen, penalty_fen, principal_fen, overdue_fen, late_since, credit_fen FROM replayed
UNION ALL
SELECT account_id, CAST(0 AS BIGINT) AS interest_fen, CAST(0 AS BIGINT) AS penalty_fen, GREATEST(principal_fen - paid_fen, 0) AS principal_fen,
  GREATEST(due_fen - paid_fen, 0) AS overdue_fen, CASE WHEN days_late > 0 THEN due_date END AS late_since,
  GREATEST(paid_fen - principal_fen, 0) AS credit_fen
FROM owed WHERE kind IS NULL OR due_date IS NULL OR days_late = 0;

CREATE OR REPLACE TABLE snapshot AS
WITH own AS (
  SELECT DISTINCT product FROM phases
), figures AS (
  SELECT o.account_id, o.debtor_id, o.product, o.status, o.last_agent, o.agent_group, o.do_not_contact, o.paid_fen, o.days_to_due,
    o.principal_fen AS fed_principal_fen, o.due_fen AS fed_due_fen, n.interest_fen, n.penalty_fen, n.principal_fen, n.credit_fen,
    CASE WHEN o.days_late > 0 AND n.overdue_fen > 0 THEN date_diff('day', n.late_since, p.as_of) ELSE 0 END AS dpd,
    CASE WHEN o.days_late > 0 AND n.overdue_fen > 0 THEN
      12 * (YEAR(p.as_of) - YEAR(n.late_since)) + MONTH(p.as_of) - MONTH(n.late_since)
      + CASE WHEN LEAST(DAY(n.late_since), DAY(LAST_DAY(p.as_of))) < DAY(p.as_of) THEN 1 ELSE 0 END
    ELSE 0 END AS cycles,
    CASE WHEN o.kind = 'revolving' AND o.days_late > 0 AND n.overdue_fen = 0 THEN 0
      ELSE n.overdue_fen + n.interest_fen + n.penalty_fen END AS due_fen
  FROM owed o
  CROSS JOIN params p
  JOIN positions n ON n.account_id = o.account_id
)
SELECT g.*,
  CASE
    WHEN g.status <> 'open' THEN 'closed'
    WHEN g.dpd > 0 THEN COALESCE(f.stage, 'current')
    WHEN g.principal_fen = 0 AND g.due_fen = 0 AND g.paid_fen > 0 THEN 'settled'
    WHEN g.due_fen = 0 THEN 'current'
    WHEN g.days_to_due < 0 THEN 'charges_left'
    WHEN g.days_to_due = 0 THEN 'due_day'
    WHEN g.days_to_due <= p.pre_due_days THEN 'pre_due'
    ELSE 'current'
  END AS stage
FROM figures g
CROSS JOIN params p
LEFT JOIN own w ON w.product = g.product
LEFT JOIN phases f ON f.product = COALESCE(w.product, 'default') AND g.dpd BETWEEN f.from_day AND f.to_day;
