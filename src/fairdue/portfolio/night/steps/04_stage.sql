-- Purpose: the stage of each account by its product's phase table.
-- In: owed, charged, phases(product, stage, from_day, to_day), params
-- Out: snapshot(account_id, debtor_id, product, dpd, stage, interest_fen, penalty_fen, due_fen, principal_fen, …)
CREATE OR REPLACE TABLE snapshot AS
WITH own AS (SELECT DISTINCT product FROM phases)
SELECT o.account_id, o.debtor_id, o.product, o.dpd, o.missed AS cycles, o.zone, o.last_agent, o.agent_group, o.do_not_contact,
  CASE
    WHEN o.principal_fen = 0 AND o.due_fen = 0 AND o.paid_fen > 0 THEN 'settled'
    WHEN o.dpd > 0 AND o.due_fen > 0 THEN f.stage
    WHEN o.days_to_due = 0 AND o.due_fen > 0 THEN 'due_day'
    WHEN o.days_to_due BETWEEN 1 AND p.pre_due_days AND o.due_fen > 0 THEN 'pre_due'
    ELSE 'current'
  END AS stage,
  COALESCE(c.interest_fen, 0) AS interest_fen,
  COALESCE(c.penalty_fen, 0) AS penalty_fen,
  o.due_fen + COALESCE(c.interest_fen, 0) + COALESCE(c.penalty_fen, 0) AS due_fen,
  o.due_fen AS due_principal_fen, o.principal_fen, o.paid_fen
FROM owed o
CROSS JOIN params p
LEFT JOIN charged c ON c.account_id = o.account_id
LEFT JOIN own w ON w.product = o.product
LEFT JOIN phases f ON f.product = COALESCE(w.product, 'default') AND o.dpd BETWEEN f.from_day AND f.to_day;
