-- Purpose: what has been paid on each account up to the day, in all and day by day.
-- In: events_in(debtor_id, account_id, kind, amount_fen, local_day, …), params(as_of)
-- Out: paid_days(account_id, day, amount_fen), paid(account_id, paid_fen)
CREATE OR REPLACE TABLE paid_days AS
SELECT e.account_id, e.local_day AS day, CAST(SUM(e.amount_fen) AS BIGINT) AS amount_fen
FROM events_in e
CROSS JOIN params p
WHERE e.kind = 'payment' AND e.local_day <= p.as_of AND e.amount_fen > 0
GROUP BY e.account_id, e.local_day;

CREATE OR REPLACE TABLE paid AS
SELECT account_id, CAST(SUM(amount_fen) AS BIGINT) AS paid_fen FROM paid_days GROUP BY account_id;
