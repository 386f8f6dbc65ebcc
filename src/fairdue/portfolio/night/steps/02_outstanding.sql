-- Purpose: what is left of principal and of the overdue part, and how late it is.
-- In: accounts_in, paid, params
-- Out: owed(account_id, …, principal_fen, due_fen, dpd, months, charge_n)
CREATE OR REPLACE TABLE owed AS
SELECT
  a.account_id, a.debtor_id, a.product, a.due_date, a.cycles, a.zone, a.last_agent, a.agent_group, a.do_not_contact,
  GREATEST(a.principal_fen - COALESCE(d.paid_fen, 0), 0) AS principal_fen,
  GREATEST(a.due_fen - COALESCE(d.paid_fen, 0), 0) AS due_fen,
  COALESCE(d.paid_fen, 0) AS paid_fen,
  CASE WHEN a.due_date IS NULL OR a.due_date >= p.as_of THEN 0 ELSE date_diff('day', a.due_date, p.as_of) END AS dpd,
  CASE WHEN a.due_date IS NULL THEN NULL ELSE date_diff('day', p.as_of, a.due_date) END AS days_to_due,
  CASE
    WHEN a.due_date IS NULL OR a.due_date >= p.as_of THEN 0
    WHEN a.due_date + INTERVAL (date_diff('month', a.due_date, p.as_of)) MONTH < p.as_of
      THEN date_diff('month', a.due_date, p.as_of) + 1
    ELSE date_diff('month', a.due_date, p.as_of)
  END AS missed
FROM accounts_in a
CROSS JOIN params p
LEFT JOIN paid d ON d.account_id = a.account_id;
