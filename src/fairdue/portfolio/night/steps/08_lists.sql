-- Purpose: fill the seats: first those who have an agent already, then the rest over the seats that are left.
-- In: waiting, agents_in(agent_id, capacity), left_out
-- Out: lists(agent, rank, debtor, account, …)
CREATE OR REPLACE TABLE kept AS
SELECT debtor_id, agent_id FROM (
  SELECT w.debtor_id, a.agent_id, a.capacity, ROW_NUMBER() OVER (PARTITION BY a.agent_id ORDER BY w.place) AS seat
  FROM waiting w JOIN agents_in a ON a.agent_id = w.wish
) seated WHERE seat <= capacity;

CREATE OR REPLACE TABLE seats AS
SELECT agent_id, ROW_NUMBER() OVER (ORDER BY seat, agent_id) AS turn FROM (
  SELECT a.agent_id, UNNEST(range(1, CAST(a.capacity - COALESCE(k.n, 0) + 1 AS BIGINT))) AS seat
  FROM agents_in a LEFT JOIN (SELECT agent_id, COUNT(*) AS n FROM kept GROUP BY agent_id) k ON k.agent_id = a.agent_id
) free;

CREATE OR REPLACE TABLE dealt AS
WITH rest AS (
  SELECT w.debtor_id, ROW_NUMBER() OVER (ORDER BY w.place) AS turn
  FROM waiting w WHERE NOT EXISTS (SELECT 1 FROM kept k WHERE k.debtor_id = w.debtor_id)
)
SELECT r.debtor_id, s.agent_id FROM rest r JOIN seats s ON s.turn = r.turn;

CREATE OR REPLACE TABLE lists AS
SELECT g.agent_id AS agent, ROW_NUMBER() OVER (PARTITION BY g.agent_id ORDER BY w.place) AS rank,
  w.debtor_id AS debtor, w.account_id AS account, CAST(w.gain_fen AS DOUBLE) AS score, w.stage, w.dpd, w.due_fen, w.accounts,
  w.gain_ppm, CAST(w.gain_fen AS BIGINT) AS gain_fen, w.broken, w.best_hour, w.task, w.task_fen, w.when_text, g.kept
FROM waiting w
JOIN (SELECT debtor_id, agent_id, TRUE AS kept FROM kept UNION ALL SELECT debtor_id, agent_id, FALSE AS kept FROM dealt) g
  ON g.debtor_id = w.debtor_id;

INSERT INTO left_out
SELECT w.debtor_id, 'no_room' AS code, w.due_fen FROM waiting w
WHERE NOT EXISTS (SELECT 1 FROM lists l WHERE l.debtor = w.debtor_id);
