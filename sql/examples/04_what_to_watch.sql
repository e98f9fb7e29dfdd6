-- What is announced for the time after the newest document, or was due and never told as done.
SELECT
    due,
    date,
    kind,
    status,
    actors
FROM watchlist
WHERE due IN ('ahead', 'overdue');
