-- Purpose: late interest and late charges, the formulas of ledger.night_parameters (half up as (2a + b) // (2b)).
-- In: owed, rates(product, kind, rate_from, rate_to, daily_ppm, charge_ppm, charge_of, charge_min_fen, charge_max_fen, minimum_ppm), params
-- Out: charged(account_id, interest_fen, penalty_fen)
-- An instalment loan fed as one row is n missed instalments, a month apart; everything else is one part.
CREATE OR REPLACE TABLE charged AS
WITH terms AS (
  SELECT product, MAX(kind) AS kind, MAX(charge_ppm) AS charge_ppm, MAX(charge_of) AS charge_of,
    MAX(charge_min_fen) AS charge_min_fen, MAX(charge_max_fen) AS charge_max_fen, MAX(minimum_ppm) AS minimum_ppm
  FROM rates GROUP BY product
), late AS (
  SELECT o.account_id, o.product, o.due_date, o.missed, o.principal_fen, o.due_fen, t.* EXCLUDE (product),
    t.kind = 'instalment' AND o.due_fen > 0 AND o.due_fen < o.principal_fen AS in_parts,
    CASE WHEN in_parts THEN GREATEST(COALESCE(o.cycles, 1), 1) ELSE 1 END AS parts
  FROM owed o
  JOIN terms t ON t.product = o.product
  WHERE o.dpd > 0
), numbered AS (
  SELECT *, 0 AS part FROM late
  UNION ALL
  SELECT *, UNNEST(generate_series(1, parts - 1)) AS part FROM late WHERE parts > 1
), parts AS (
  SELECT n.*, CAST(n.due_date + n.part * INTERVAL 1 MONTH AS DATE) AS part_due,
    CASE WHEN NOT n.in_parts THEN n.principal_fen
      ELSE n.due_fen // n.parts + CASE WHEN n.part = 0 THEN n.due_fen % n.parts ELSE 0 END END AS amount_fen
  FROM numbered n
), bases AS (
  SELECT p.*,
    CASE WHEN charge_of = 'minimum' THEN (2 * amount_fen * minimum_ppm + 1000000) // 2000000 ELSE amount_fen END AS base_fen
  FROM parts p
  CROSS JOIN params q
  WHERE p.part_due < q.as_of
), penalties AS (
  SELECT account_id,
    SUM(CASE WHEN base_fen = 0 OR charge_ppm = 0 THEN 0 ELSE
      LEAST(charge_max_fen, GREATEST(charge_min_fen, (2 * base_fen * charge_ppm + 1000000) // 2000000))
      * (CASE WHEN kind = 'revolving' THEN missed ELSE 1 END) END) AS penalty_fen
  FROM bases GROUP BY account_id
), interests AS (
  SELECT b.account_id,
    SUM(CAST(b.amount_fen AS HUGEINT) * r.daily_ppm
      * GREATEST(date_diff('day', GREATEST(b.part_due, r.rate_from - INTERVAL 1 DAY), LEAST(q.as_of, r.rate_to)), 0)) AS numerator
  FROM bases b
  CROSS JOIN params q
  JOIN rates r ON r.product = b.product
  GROUP BY b.account_id
)
SELECT i.account_id,
  CAST((2 * i.numerator + 1000000) // 2000000 AS BIGINT) AS interest_fen,
  CAST(n.penalty_fen AS BIGINT) AS penalty_fen
FROM interests i
JOIN penalties n ON n.account_id = i.account_id;
