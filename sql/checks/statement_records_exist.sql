-- Every statement supports a record that exists.
WITH records AS (
    SELECT
        'event' AS record_type,
        event_id AS record_id
    FROM events
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_id AS record_id
    FROM agreements
    UNION ALL
    SELECT
        'actor' AS record_type,
        actor_id AS record_id
    FROM actors
)

SELECT
    statements.statement_id,
    statements.record_type,
    statements.record_id
FROM statements
ANTI JOIN records
    ON statements.record_type = records.record_type AND statements.record_id = records.record_id
ORDER BY statements.statement_id;
