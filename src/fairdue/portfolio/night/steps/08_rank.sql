-- Purpose: who is left out and why; the order of the others: tasks that fall due first, then value.
-- In: people, tasks_in(debtor_id, kind, due_at, amount_fen, agent, when_text), params
-- Out: first_task, excluded(debtor_id, code, due_fen), waiting(debtor_id, …, task, wish, place)
CREATE OR REPLACE TABLE first_task AS
SELECT debtor_id, kind, due_at, amount_fen, agent, when_text FROM (
  SELECT t.*, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY due_at, kind, amount_fen, agent) AS place FROM tasks_in t
) ordered WHERE place = 1;

CREATE OR REPLACE TABLE judged AS
SELECT q.*, t.kind AS task, t.due_at AS task_due, t.amount_fen AS task_fen, t.when_text, COALESCE(t.agent, q.last_agent) AS wish,
  CASE
    WHEN q.held = 1 THEN 'hold'
    WHEN q.blocked = 1 THEN 'do_not_contact'
    WHEN q.effective_today >= p.effective_cap THEN 'effective_cap'
    WHEN q.unanswered_today >= p.unanswered_cap THEN 'unanswered_cap'
    WHEN q.accounts = 0 AND t.kind IS NULL THEN 'nothing_due'
  END AS out_code
FROM people q
CROSS JOIN params p
LEFT JOIN first_task t ON t.debtor_id = q.debtor_id;

CREATE OR REPLACE TABLE excluded AS
SELECT debtor_id, out_code AS code, due_fen FROM judged WHERE out_code IS NOT NULL;

CREATE OR REPLACE TABLE waiting AS
SELECT j.*,
  ROW_NUMBER() OVER (ORDER BY CASE WHEN task IS NULL THEN 1 ELSE 0 END, task_due, gain_fen DESC, due_fen DESC, debtor_id) AS place
FROM judged j WHERE out_code IS NULL;
