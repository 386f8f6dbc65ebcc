-- Purpose: one row a person: sums over debts, the leading account, and what a contact today is worth beyond waiting.
-- In: snapshot, counters, best, broken(debtor_id, broken), chances(stage, with_ppm, without_ppm), holds_in(debtor_id), params
-- Out: people(debtor_id, account_id, accounts, stage, script, dpd, due_fen, …, gain_ppm, gain_fen, why)
-- gain_fen = due_fen × (paid with a contact − paid without one) × broken promises × contactability, all parts per million.
CREATE OR REPLACE TABLE people AS
WITH accounts AS (
  SELECT s.*, CASE WHEN s.due_fen > 0 AND s.stage NOT IN ('current', 'settled', 'closed') THEN 1 ELSE 0 END AS counts
  FROM snapshot s
), ranked AS (
  SELECT a.*, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY counts DESC, due_fen DESC, dpd DESC, account_id) AS place FROM accounts a
), sums AS (
  SELECT debtor_id, CAST(SUM(counts) AS BIGINT) AS accounts, CAST(SUM(counts * due_fen) AS BIGINT) AS due_fen,
    MAX(CASE WHEN counts = 1 THEN dpd ELSE 0 END) AS dpd, MAX(CASE WHEN do_not_contact THEN 1 ELSE 0 END) AS blocked
  FROM accounts GROUP BY debtor_id
), holds AS (
  SELECT DISTINCT debtor_id FROM holds_in
), facts AS (
  SELECT s.debtor_id, l.account_id, l.product, l.agent_group, l.last_agent, l.stage, s.accounts, s.due_fen, s.dpd,
    CASE WHEN v.debtor_id IS NULL THEN 0 ELSE 1 END AS held, s.blocked, COALESCE(b.broken, 0) AS broken,
    h.best_hour, h.best_line, h.support, COALESCE(c.effective_today, 0) AS effective_today,
    COALESCE(c.unanswered_today, 0) AS unanswered_today, COALESCE(c.attempts_7d, 0) AS attempts_7d,
    CASE WHEN COALESCE(c.talked_30d, 0) > 0 THEN 'reached'
      WHEN COALESCE(c.attempts, 0) >= p.never_after AND COALESCE(c.talks, 0) = 0 THEN 'unreached' ELSE 'normal' END AS contactability,
    CASE WHEN l.stage IN ('pre_due', 'due_day') THEN l.stage
      WHEN COALESCE(c.promises, 0) >= p.repeat_promises OR COALESCE(b.broken, 0) >= p.repeat_broken
        OR COALESCE(c.talks, 0) >= p.repeat_talks THEN 'repeat'
      ELSE 'first' END AS script,
    COALESCE(x.with_ppm, 0) AS with_ppm, COALESCE(x.without_ppm, 0) AS without_ppm
  FROM sums s
  CROSS JOIN params p
  JOIN ranked l ON l.debtor_id = s.debtor_id AND l.place = 1
  LEFT JOIN chances x ON x.stage = l.stage
  LEFT JOIN holds v ON v.debtor_id = s.debtor_id
  LEFT JOIN broken b ON b.debtor_id = s.debtor_id
  LEFT JOIN best h ON h.debtor_id = s.debtor_id
  LEFT JOIN counters c ON c.debtor_id = s.debtor_id
), factors AS (
  SELECT f.*,
    CASE LEAST(f.broken, 3) WHEN 0 THEN 1000000 WHEN 1 THEN p.broken_1 WHEN 2 THEN p.broken_2 ELSE p.broken_3 END AS broken_ppm,
    CASE f.contactability WHEN 'reached' THEN p.reached_ppm WHEN 'unreached' THEN p.never_ppm ELSE 1000000 END AS contact_ppm
  FROM facts f CROSS JOIN params p
), gains AS (
  SELECT f.*, GREATEST(f.with_ppm - f.without_ppm, 0) * f.broken_ppm // 1000000 * f.contact_ppm // 1000000 AS gain_ppm,
    'stage:' || f.stage || CASE WHEN f.broken > 0 THEN ',broken:' || CAST(LEAST(f.broken, 3) AS VARCHAR) ELSE '' END
      || CASE WHEN f.contactability <> 'normal' THEN ',' || f.contactability ELSE '' END
      || CASE WHEN f.accounts > 1 THEN ',debts:' || CAST(f.accounts AS VARCHAR) ELSE '' END AS why
  FROM factors f
)
SELECT g.*, (2 * g.due_fen * g.gain_ppm + 1000000) // 2000000 AS gain_fen FROM gains g;
