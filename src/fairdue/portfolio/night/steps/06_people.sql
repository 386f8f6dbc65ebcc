-- Purpose: one row a person: sums over debts, the leading account, broken promises, what a call is worth.
-- In: snapshot, counters, best, broken(debtor_id, broken), chances(stage, with_call_ppm, without_ppm), params
-- Out: people(debtor_id, account_id, accounts, stage, dpd, due_fen, gain_ppm, gain_fen, …)
CREATE OR REPLACE TABLE people AS
WITH late AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY due_fen DESC, dpd DESC, account_id) AS place
  FROM snapshot WHERE stage NOT IN ('current', 'settled') AND due_fen > 0
), sums AS (
  SELECT debtor_id, COUNT(*) AS accounts, CAST(SUM(due_fen) AS BIGINT) AS due_fen, MAX(dpd) AS dpd,
    MAX(CASE WHEN do_not_contact THEN 1 ELSE 0 END) AS blocked
  FROM late GROUP BY debtor_id
), gains AS (
  SELECT s.debtor_id, l.account_id, s.accounts, l.stage, s.dpd, s.due_fen, s.blocked, l.last_agent, l.agent_group,
    COALESCE(b.broken, 0) AS broken, h.best_hour, COALESCE(c.effective_today, 0) AS effective_today,
    GREATEST(x.with_call_ppm - x.without_ppm, 0)
      * (CASE LEAST(COALESCE(b.broken, 0), 3) WHEN 0 THEN 1000000 WHEN 1 THEN p.broken_1 WHEN 2 THEN p.broken_2 ELSE p.broken_3 END) // 1000000
      * (CASE WHEN COALESCE(c.talked_30d, 0) > 0 THEN p.reached_ppm
              WHEN COALESCE(c.attempts, 0) >= 5 AND COALESCE(c.talks, 0) = 0 THEN p.never_ppm ELSE 1000000 END) // 1000000 AS gain_ppm
  FROM sums s
  CROSS JOIN params p
  JOIN late l ON l.debtor_id = s.debtor_id AND l.place = 1
  JOIN chances x ON x.stage = l.stage
  LEFT JOIN broken b ON b.debtor_id = s.debtor_id
  LEFT JOIN best h ON h.debtor_id = s.debtor_id
  LEFT JOIN counters c ON c.debtor_id = s.debtor_id
)
SELECT *, (2 * CAST(due_fen AS HUGEINT) * gain_ppm + 1000000) // 2000000 AS gain_fen FROM gains;
