-- Purpose: counters of contacts per person, and the hour at which a person, and each line, picks up (P1-4.9).
-- In: events_in(debtor_id, kind, connected, talk_seconds, line_id, local_day, local_hour), params
-- Out: counters(debtor_id, effective_today, unanswered_today, attempts_7d, attempts, talks, talked_30d, promises),
--      line_hours(debtor_id, line_id, best_hour, talks), best(debtor_id, best_hour, best_line, support)
-- An effective call was put through and lasted at least `effective_seconds`; an unknown length counts, unknown is not free.
CREATE OR REPLACE TABLE contacts AS
SELECT e.debtor_id, COALESCE(e.line_id, '') AS line_id, e.local_day, e.local_hour, date_diff('day', e.local_day, p.as_of) AS days_ago, e.kind,
  CASE WHEN e.kind = 'conversation' OR e.connected THEN 1 ELSE 0 END AS through,
  CASE WHEN (e.kind = 'conversation' OR e.connected) AND COALESCE(e.talk_seconds, p.effective_seconds) >= p.effective_seconds
    THEN 1 ELSE 0 END AS effective
FROM events_in e
CROSS JOIN params p
WHERE e.local_day <= p.as_of AND e.kind IN ('attempt', 'conversation', 'promise');

CREATE OR REPLACE TABLE counters AS
WITH per_line AS (
  SELECT debtor_id, line_id, CAST(SUM(1 - through) AS BIGINT) AS unanswered
  FROM contacts WHERE kind <> 'promise' AND days_ago = 0 GROUP BY debtor_id, line_id
), worst AS (
  SELECT debtor_id, MAX(unanswered) AS unanswered_today FROM per_line GROUP BY debtor_id
), sums AS (
  SELECT debtor_id,
    CAST(SUM(CASE WHEN kind <> 'promise' AND days_ago = 0 THEN effective ELSE 0 END) AS BIGINT) AS effective_today,
    CAST(SUM(CASE WHEN kind <> 'promise' AND days_ago < 7 THEN 1 ELSE 0 END) AS BIGINT) AS attempts_7d,
    CAST(SUM(CASE WHEN kind <> 'promise' THEN 1 ELSE 0 END) AS BIGINT) AS attempts,
    CAST(SUM(CASE WHEN kind = 'conversation' THEN 1 ELSE 0 END) AS BIGINT) AS talks,
    CAST(SUM(CASE WHEN kind = 'conversation' AND days_ago < 30 THEN 1 ELSE 0 END) AS BIGINT) AS talked_30d,
    CAST(SUM(CASE WHEN kind = 'promise' THEN 1 ELSE 0 END) AS BIGINT) AS promises
  FROM contacts GROUP BY debtor_id
)
SELECT s.*, COALESCE(w.unanswered_today, 0) AS unanswered_today
FROM sums s LEFT JOIN worst w ON w.debtor_id = s.debtor_id;

CREATE OR REPLACE TABLE line_hours AS
WITH hours AS (
  SELECT debtor_id, line_id, local_hour, COUNT(*) AS talks FROM contacts WHERE kind = 'conversation' GROUP BY debtor_id, line_id, local_hour
), ranked AS (
  SELECT h.*, ROW_NUMBER() OVER (PARTITION BY debtor_id, line_id ORDER BY talks DESC, local_hour) AS place FROM hours h
)
SELECT r.debtor_id, r.line_id, r.local_hour AS best_hour, r.talks
FROM ranked r CROSS JOIN params p WHERE r.place = 1 AND r.talks >= p.best_hour_minimum;

CREATE OR REPLACE TABLE best AS
WITH hours AS (
  SELECT debtor_id, local_hour, COUNT(*) AS talks FROM contacts WHERE kind = 'conversation' GROUP BY debtor_id, local_hour
), ranked AS (
  SELECT h.*, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY talks DESC, local_hour) AS place FROM hours h
), lines AS (
  SELECT l.*, ROW_NUMBER() OVER (PARTITION BY debtor_id ORDER BY talks DESC, line_id) AS place FROM line_hours l WHERE line_id <> ''
)
SELECT r.debtor_id, r.local_hour AS best_hour, l.line_id AS best_line, r.talks AS support
FROM ranked r
CROSS JOIN params p
LEFT JOIN lines l ON l.debtor_id = r.debtor_id AND l.place = 1
WHERE r.place = 1 AND r.talks >= p.best_hour_minimum;
