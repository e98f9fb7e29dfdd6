-- sources of an event or agreement is the number of documents that its statements come from.
WITH told AS (
    SELECT
        record_type,
        record_id,
        count(DISTINCT source_id) AS documents
    FROM statements
    GROUP BY record_type, record_id
),

records AS (
    SELECT
        'event' AS record_type,
        event_id AS record_id,
        sources
    FROM events
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_id AS record_id,
        sources
    FROM agreements
)

SELECT
    records.record_type,
    records.record_id,
    records.sources,
    told.documents
FROM records
INNER JOIN told ON records.record_type = told.record_type AND records.record_id = told.record_id
WHERE records.sources != told.documents
ORDER BY records.record_type, records.record_id;
