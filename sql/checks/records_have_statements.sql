-- Every event, agreement and actor has at least one statement.
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
    records.record_type,
    records.record_id
FROM records
ANTI JOIN statements
    ON records.record_type = statements.record_type AND records.record_id = statements.record_id
ORDER BY records.record_type, records.record_id;
