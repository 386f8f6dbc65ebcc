-- Purpose: the same for accounts with payments: each due date, late charge and payment in order, as ledger.replay does.
-- In: owed, parts, paid_days, terms, rates, numbers(n), params
-- Out: moments(account_id, n, step, amount_fen, cum_fen, weight), replayed(like charged)
-- A day's order is: late charges (1), what falls due (2), payments (3). A payment goes to interest, late charges, then to
-- principal that is due; the rest is credit and is used when the next part falls due. `weight` is Σ rate × days since the
-- first rate, so interest between two moments is principal × difference of weights, rounded once when it is asked for.
CREATE OR REPLACE TABLE moments AS
WITH who AS (
  SELECT account_id, product, kind, due_date, missed FROM owed WHERE days_late > 0 AND paid_fen > 0 AND kind IS NOT NULL
), steps AS (
  SELECT s.account_id, s.product, 2 AS step, s.part_due AS day, s.amount_fen, s.cum_fen
  FROM parts s JOIN who w ON w.account_id = s.account_id CROSS JOIN params p WHERE s.part_due <= p.as_of
  UNION ALL
  SELECT s.account_id, s.product, 1 AS step, CAST(s.part_due + INTERVAL 1 DAY AS DATE) AS day, s.amount_fen, s.cum_fen
  FROM parts s JOIN who w ON w.account_id = s.account_id CROSS JOIN params p WHERE w.kind <> 'revolving' AND s.part_due < p.as_of
  UNION ALL
  SELECT w.account_id, w.product, 1 AS step, CAST(CAST(w.due_date + k.n * INTERVAL 1 MONTH AS DATE) + INTERVAL 1 DAY AS DATE) AS day,
    s.amount_fen, s.cum_fen
  FROM who w JOIN parts s ON s.account_id = w.account_id JOIN numbers k ON k.n < w.missed WHERE w.kind = 'revolving'
  UNION ALL
  SELECT d.account_id, w.product, 3 AS step, d.day, d.amount_fen, CAST(0 AS BIGINT) AS cum_fen
  FROM paid_days d JOIN who w ON w.account_id = d.account_id
  UNION ALL
  SELECT w.account_id, w.product, 4 AS step, p.as_of AS day, CAST(0 AS BIGINT) AS amount_fen, CAST(0 AS BIGINT) AS cum_fen
  FROM who w CROSS JOIN params p
), days AS (
  SELECT d.product, d.day,
    CAST(SUM(r.daily_ppm * GREATEST(date_diff('day', r.rate_from - INTERVAL 1 DAY, LEAST(d.day, r.rate_to)), 0)) AS BIGINT) AS weight
  FROM (SELECT DISTINCT product, day FROM steps) d JOIN rates r ON r.product = d.product
  GROUP BY d.product, d.day
)
SELECT s.account_id, s.product, s.step, s.amount_fen, s.cum_fen, d.weight,
  ROW_NUMBER() OVER (PARTITION BY s.account_id ORDER BY s.day, s.step, s.cum_fen) AS n
FROM steps s JOIN days d ON d.product = s.product AND d.day = s.day;

CREATE OR REPLACE TABLE replayed AS
WITH RECURSIVE book AS (
  SELECT m.account_id, CAST(0 AS BIGINT) AS n, 0 AS step, m.weight, CAST(0 AS BIGINT) AS due_sum, CAST(0 AS BIGINT) AS credit,
    CAST(0 AS BIGINT) AS numerator, CAST(0 AS BIGINT) AS interest_paid, CAST(0 AS BIGINT) AS penalty, CAST(0 AS BIGINT) AS penalty_paid,
    CAST(0 AS BIGINT) AS principal_paid, o.kind, o.due_fen AS minimum_fen, o.product
  FROM moments m JOIN owed o ON o.account_id = m.account_id
  WHERE m.n = 1
  UNION ALL
  SELECT account_id, n, step, weight, due_sum, CASE WHEN step IN (2, 3) THEN funds - x1 - x2 - x3 ELSE credit END AS credit,
    numerator, interest_paid + x1 AS interest_paid, penalty, penalty_paid + x2 AS penalty_paid, principal_paid + x3 AS principal_paid,
    kind, minimum_fen, product
  FROM (
    SELECT *, LEAST(funds - x1 - x2, due_sum - principal_paid) AS x3 FROM (
      SELECT *, LEAST(funds - x1, penalty - penalty_paid) AS x2 FROM (
        SELECT *, LEAST(funds, (2 * numerator + 1000000) // 2000000 - interest_paid) AS x1 FROM (
          SELECT b.account_id, m.n, m.step, m.weight, b.kind, b.minimum_fen, b.product,
            b.due_sum + CASE WHEN m.step = 2 THEN m.amount_fen ELSE 0 END AS due_sum, b.credit, b.interest_paid, b.penalty_paid,
            b.principal_paid,
            CASE m.step WHEN 2 THEN b.credit WHEN 3 THEN b.credit + m.amount_fen ELSE 0 END AS funds,
            b.numerator + (b.due_sum - b.principal_paid) * (m.weight - b.weight) AS numerator,
            b.penalty + CASE
              WHEN m.step <> 1 OR t.charge_ppm = 0 THEN 0
              WHEN b.kind = 'revolving' AND b.minimum_fen <= b.principal_paid THEN 0
              WHEN LEAST(m.amount_fen, GREATEST(m.cum_fen - b.principal_paid, 0)) = 0 THEN 0
              WHEN t.charge_of = 'minimum' THEN
                CASE WHEN (2 * LEAST(m.amount_fen, GREATEST(m.cum_fen - b.principal_paid, 0)) * t.minimum_ppm + 1000000) // 2000000 = 0 THEN 0
                ELSE LEAST(t.charge_max_fen, GREATEST(t.charge_min_fen,
                  (2 * ((2 * LEAST(m.amount_fen, GREATEST(m.cum_fen - b.principal_paid, 0)) * t.minimum_ppm + 1000000) // 2000000)
                    * t.charge_ppm + 1000000) // 2000000)) END
              ELSE LEAST(t.charge_max_fen, GREATEST(t.charge_min_fen,
                (2 * LEAST(m.amount_fen, GREATEST(m.cum_fen - b.principal_paid, 0)) * t.charge_ppm + 1000000) // 2000000))
            END AS penalty
          FROM book b
          JOIN moments m ON m.account_id = b.account_id AND m.n = b.n + 1
          JOIN terms t ON t.product = b.product
        ) accrued
      ) to_interest
    ) to_penalty
  ) to_principal
), oldest AS (
  SELECT b.account_id, MIN(s.part_due) AS late_since,
    CAST(SUM(LEAST(s.amount_fen, GREATEST(s.cum_fen - b.principal_paid, 0))) AS BIGINT) AS open_fen
  FROM book b
  CROSS JOIN params p
  JOIN parts s ON s.account_id = b.account_id
  WHERE b.step = 4 AND s.cum_fen > b.principal_paid AND s.part_due < p.as_of
  GROUP BY b.account_id
)
SELECT b.account_id, (2 * b.numerator + 1000000) // 2000000 - b.interest_paid AS interest_fen, b.penalty - b.penalty_paid AS penalty_fen,
  o.principal_fen - b.principal_paid AS principal_fen,
  CASE WHEN b.kind = 'revolving' THEN LEAST(o.principal_fen - b.principal_paid, GREATEST(b.minimum_fen - b.principal_paid, 0))
    ELSE COALESCE(a.open_fen, 0) END AS overdue_fen,
  a.late_since, b.credit AS credit_fen
FROM book b
JOIN owed o ON o.account_id = b.account_id
LEFT JOIN oldest a ON a.account_id = b.account_id
WHERE b.step = 4;
