-- Purpose: late interest and late charges, the formulas of ledger.night_parameters (half up as (2a + b) // (2b)).
-- In: owed, rates(product, kind, rate_from, rate_to, daily_ppm, charge_ppm, charge_of, charge_min_fen, charge_max_fen, minimum_ppm), params
-- Out: charged(account_id, interest_fen, penalty_fen)
CREATE OR REPLACE TABLE charged AS
WITH spans AS (
  SELECT o.account_id, o.principal_fen, o.missed, r.kind, r.daily_ppm, r.charge_ppm, r.charge_of, r.charge_min_fen,
    r.charge_max_fen, r.minimum_ppm,
    GREATEST(date_diff('day', GREATEST(o.due_date, r.rate_from - INTERVAL 1 DAY), LEAST(p.as_of, r.rate_to)), 0) AS days
  FROM owed o
  CROSS JOIN params p
  JOIN rates r ON r.product = o.product
  WHERE o.dpd > 0
), sums AS (
  SELECT account_id, MAX(principal_fen) AS principal_fen, MAX(missed) AS missed, MAX(kind) AS kind,
    SUM(CAST(principal_fen AS HUGEINT) * daily_ppm * days) AS numerator,
    MAX(charge_ppm) AS charge_ppm, MAX(charge_of) AS charge_of, MAX(charge_min_fen) AS charge_min_fen,
    MAX(charge_max_fen) AS charge_max_fen, MAX(minimum_ppm) AS minimum_ppm
  FROM spans GROUP BY account_id
), bases AS (
  SELECT *,
    CASE WHEN charge_of = 'minimum' THEN (2 * principal_fen * minimum_ppm + 1000000) // 2000000 ELSE principal_fen END AS base_fen
  FROM sums
)
SELECT account_id,
  CAST((2 * numerator + 1000000) // 2000000 AS BIGINT) AS interest_fen,
  CAST(CASE WHEN base_fen = 0 OR charge_ppm = 0 THEN 0 ELSE
    LEAST(charge_max_fen, GREATEST(charge_min_fen, (2 * base_fen * charge_ppm + 1000000) // 2000000))
    * (CASE WHEN kind = 'revolving' THEN missed ELSE 1 END) END AS BIGINT) AS penalty_fen
FROM bases;
