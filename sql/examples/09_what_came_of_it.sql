-- What came of each signed agreement. One row a later happening that shares parties and field with it, and how many days after the signing;
-- where nothing is told, the days to the newest document. That one followed from the other is for you to judge.
SELECT
    signed_on,
    title,
    countries,
    outcome,
    kind,
    outcome_date,
    days
FROM follow_up
ORDER BY signed_on, agreement_id, days, record_id;
