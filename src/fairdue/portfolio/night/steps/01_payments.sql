-- Purpose: what has been paid on each account up to the day.
-- In: events_in(ts, debtor_id, account_id, kind, amount_fen, connected, talk_seconds, line_id, local_day), params(as_of)
-- Out: paid(account_id, paid_fen)
CREATE OR REPLACE TABLE paid AS
SELECT e.account_id, CAST(SUM(e.amount_fen) AS BIGINT) AS paid_fen
FROM events_in e, params p
WHERE e.kind = 'payment' AND e.local_day <= p.as_of AND e.amount_fen > 0
GROUP BY e.account_id;
