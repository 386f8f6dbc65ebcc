-- Purpose: the lists, each person once, in rank order; and everybody who is on none, with the reason.
-- In: waiting, excluded, seats(debtor_id, agent_id, kept) as night.allocate dealt them
-- Out: lists(agent, rank, debtor, account, …), left_out(debtor_id, code, due_fen)
CREATE OR REPLACE TABLE lists AS
SELECT g.agent_id AS agent, ROW_NUMBER() OVER (PARTITION BY g.agent_id ORDER BY w.place) AS rank,
  w.debtor_id AS debtor, w.account_id AS account, CAST(w.gain_fen AS DOUBLE) AS score, CAST(w.gain_ppm AS DOUBLE) / 1000000 AS score_p,
  w.due_fen AS score_amount, w.stage, w.script, w.dpd, w.due_fen, w.accounts, w.with_ppm, w.without_ppm, w.broken_ppm, w.contact_ppm,
  w.gain_ppm, w.gain_fen, w.broken, w.best_hour, w.best_line, w.effective_today, w.unanswered_today, w.attempts_7d,
  w.task, w.task_fen, w.when_text, g.kept,
  CASE WHEN w.task IS NULL THEN w.why ELSE 'task:' || w.task || ',' || w.why END AS why,
  CASE WHEN w.task = 'promise_check' THEN 'promised' ELSE 'first' END AS round
FROM waiting w
JOIN seats g ON g.debtor_id = w.debtor_id;

CREATE OR REPLACE TABLE left_out AS
SELECT debtor_id, code, due_fen FROM excluded
UNION ALL
SELECT w.debtor_id, 'no_room' AS code, w.due_fen
FROM waiting w LEFT JOIN seats g ON g.debtor_id = w.debtor_id
WHERE g.debtor_id IS NULL;
