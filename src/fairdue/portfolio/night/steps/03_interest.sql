-- Purpose: late interest and late charges of accounts without a payment, the formulas of ledger.night_parameters.
-- In: owed, parts, terms, rates, params
-- Out: charged(account_id, interest_fen, penalty_fen, principal_fen, overdue_fen, late_since, credit_fen)
-- Half up is (2a + b) // (2b) on non-negative BIGINT; the products' limits keep 2 × amount × rate × days below 2^63.
CREATE OR REPLACE TABLE charged AS
WITH late AS (
  SELECT s.account_id, s.product, s.part_due, s.amount_fen, o.missed, o.kind, o.principal_fen, o.due_date,
    CASE WHEN o.kind = 'revolving' THEN LEAST(o.principal_fen, o.due_fen) ELSE s.amount_fen END AS overdue_fen,
    CASE WHEN t.charge_of = 'minimum' THEN (2 * s.amount_fen * t.minimum_ppm + 1000000) // 2000000 ELSE s.amount_fen END AS base_fen,
    t.charge_ppm, t.charge_min_fen, t.charge_max_fen
  FROM parts s
  CROSS JOIN params p
  JOIN owed o ON o.account_id = s.account_id
  JOIN terms t ON t.product = s.product
  WHERE o.paid_fen = 0 AND s.part_due < p.as_of
), penalties AS (
  SELECT account_id, MAX(principal_fen) AS principal_fen, CAST(SUM(overdue_fen) AS BIGINT) AS overdue_fen, MIN(due_date) AS late_since,
    CAST(SUM(CASE WHEN base_fen = 0 OR charge_ppm = 0 OR overdue_fen = 0 THEN 0 ELSE
      LEAST(charge_max_fen, GREATEST(charge_min_fen, (2 * base_fen * charge_ppm + 1000000) // 2000000))
      * CASE WHEN kind = 'revolving' THEN missed ELSE 1 END END) AS BIGINT) AS penalty_fen
  FROM late GROUP BY account_id
), interests AS (
  SELECT l.account_id,
    CAST(SUM(l.amount_fen * r.daily_ppm
      * GREATEST(date_diff('day', GREATEST(l.part_due, r.rate_from - INTERVAL 1 DAY), LEAST(p.as_of, r.rate_to)), 0)) AS BIGINT) AS numerator
  FROM late l
  CROSS JOIN params p
  JOIN rates r ON r.product = l.product
  GROUP BY l.account_id
)
SELECT n.account_id, (2 * i.numerator + 1000000) // 2000000 AS interest_fen, n.penalty_fen, n.principal_fen, n.overdue_fen,
  n.late_since, CAST(0 AS BIGINT) AS credit_fen
FROM penalties n
JOIN interests i ON i.account_id = n.account_id;
