-- Purpose: how late each account is as fed, and the parts that were to be paid, each with its due date.
-- In: accounts_in, paid, rates(product, kind, rate_from, rate_to, daily_ppm, charge_…, minimum_ppm), numbers(n), params
-- Out: terms(product, kind, charge_…), owed(account_id, …, days_late, missed, in_parts, parts),
--      parts(account_id, product, part, part_due, amount_fen, cum_fen) of accounts whose due date has passed
-- An instalment loan fed as one row is n missed instalments, a month apart; everything else is one part (ledger.split_row).
CREATE OR REPLACE TABLE terms AS
SELECT product, MAX(kind) AS kind, MAX(charge_ppm) AS charge_ppm, MAX(charge_of) AS charge_of,
  MAX(charge_min_fen) AS charge_min_fen, MAX(charge_max_fen) AS charge_max_fen, MAX(minimum_ppm) AS minimum_ppm
FROM rates GROUP BY product;

CREATE OR REPLACE TABLE owed AS
SELECT
  a.account_id, a.debtor_id, a.product, t.kind, a.due_date, a.cycles, a.last_agent, a.agent_group, a.do_not_contact, a.status,
  a.principal_fen, a.due_fen, COALESCE(d.paid_fen, 0) AS paid_fen,
  CASE WHEN a.due_date < p.as_of THEN date_diff('day', a.due_date, p.as_of) ELSE 0 END AS days_late,
  date_diff('day', p.as_of, a.due_date) AS days_to_due,
  CASE WHEN a.due_date < p.as_of THEN
    12 * (YEAR(p.as_of) - YEAR(a.due_date)) + MONTH(p.as_of) - MONTH(a.due_date)
    + CASE WHEN LEAST(DAY(a.due_date), DAY(LAST_DAY(p.as_of))) < DAY(p.as_of) THEN 1 ELSE 0 END
  ELSE 0 END AS missed,
  CASE WHEN t.kind = 'instalment' AND a.due_fen > 0 AND a.due_fen < a.principal_fen THEN 1 ELSE 0 END AS in_parts,
  CASE WHEN t.kind = 'instalment' AND a.due_fen > 0 AND a.due_fen < a.principal_fen
    THEN GREATEST(COALESCE(a.cycles, 1), 1) ELSE 1 END AS parts
FROM accounts_in a
CROSS JOIN params p
LEFT JOIN terms t ON t.product = a.product
LEFT JOIN paid d ON d.account_id = a.account_id;

CREATE OR REPLACE TABLE parts AS
SELECT account_id, product, 0 AS part, due_date AS part_due, CASE WHEN in_parts = 1 THEN due_fen ELSE principal_fen END AS amount_fen,
  CASE WHEN in_parts = 1 THEN due_fen ELSE principal_fen END AS cum_fen
FROM owed WHERE days_late > 0 AND kind IS NOT NULL AND parts = 1
UNION ALL
SELECT o.account_id, o.product, k.n AS part, CAST(o.due_date + k.n * INTERVAL 1 MONTH AS DATE) AS part_due,
  o.due_fen // o.parts + CASE WHEN k.n = 0 THEN o.due_fen % o.parts ELSE 0 END AS amount_fen,
  o.due_fen // o.parts * (k.n + 1) + o.due_fen % o.parts AS cum_fen
FROM owed o
JOIN numbers k ON k.n < o.parts
WHERE o.days_late > 0 AND o.kind IS NOT NULL AND o.parts > 1;
