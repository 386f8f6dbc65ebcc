-- Purpose: counters of contacts per person, and the hour at which the person picks up.
-- In: events_in, params
-- Out: counters(debtor_id, effective_today, attempts_7d, attempts_run, talked_30d), best(debtor_id, best_hour)
CREATE OR REPLACE TABLE counters AS
SELECT e.debtor_id,
  SUM(CASE WHEN e.kind = 'conversation' AND e.talk_seconds >= 6 AND e.local_day = p.as_of THEN 1 ELSE 0 END) AS effective_today,
  SUM(CASE WHEN e.kind IN ('attempt', 'conversation') AND date_diff('day', e.local_day, p.as_of) < 7 THEN 1 ELSE 0 END) AS attempts_7d,
  SUM(CASE WHEN e.kind IN ('attempt', 'conversation') THEN 1 ELSE 0 END) AS attempts,
  SUM(CASE WHEN e.kind = 'conversation' THEN 1 ELSE 0 END) AS talks,
  SUM(CASE WHEN e.kind = 'conversation' AND date_diff('day', e.local_day, p.as_of) < 30 THEN 1 ELSE 0 END) AS talked_30d,
  SUM(CASE WHEN e.kind = 'promise' THEN 1 ELSE 0 END) AS promises
FROM events_in e, params p
WHERE e.local_day <= p.as_of
GROUP BY e.debtor_id;

CREATE OR REPLACE TABLE best AS
SELECT debtor_id, best_hour FROM (
  SELECT e.debtor_id, e.local_hour AS best_hour, COUNT(*) AS n,
    ROW_NUMBER() OVER (PARTITION BY e.debtor_id ORDER BY COUNT(*) DESC, e.local_hour) AS place
  FROM events_in e WHERE e.kind = 'conversation' GROUP BY e.debtor_id, e.local_hour
) ranked, params p
WHERE place = 1 AND n >= p.best_hour_minimum;
