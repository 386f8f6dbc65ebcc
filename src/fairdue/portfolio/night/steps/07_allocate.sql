-- Purpose: tasks first, then value; each person once; the last agent keeps the person while there is room.
-- In: people, tasks_in(debtor_id, kind, due_at, amount_fen, agent, when_text), agents_in(agent_id, capacity, seat), params
-- Out: waiting(debtor_id, …, place), left_out(debtor_id, code)
CREATE OR REPLACE TABLE first_task AS
SELECT debtor_id, kind, amount_fen, agent, when_text FROM (
  SELECT t.*, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY due_at, kind) AS place FROM tasks_in t
) ordered WHERE place = 1;

CREATE OR REPLACE TABLE left_out AS
SELECT q.debtor_id, CASE WHEN q.blocked = 1 THEN 'hold' ELSE 'effective_cap' END AS code, q.due_fen
FROM people q WHERE q.blocked = 1 OR q.effective_today >= 3;

CREATE OR REPLACE TABLE waiting AS
SELECT q.*, t.kind AS task, t.amount_fen AS task_fen, t.when_text, COALESCE(t.agent, q.last_agent) AS wish,
  ROW_NUMBER() OVER (ORDER BY CASE WHEN t.kind IS NULL THEN 1 ELSE 0 END, q.gain_fen DESC, q.due_fen DESC, q.debtor_id) AS place
FROM people q
LEFT JOIN first_task t ON t.debtor_id = q.debtor_id
WHERE q.blocked = 0 AND q.effective_today < 3;
