-- No event or agreement has more independent origins than documents.
SELECT
    'event' AS record_type,
    event_id AS record_id,
    sources,
    origins
FROM events
WHERE origins > sources
UNION ALL
SELECT
    'agreement' AS record_type,
    agreement_id AS record_id,
    sources,
    origins
FROM agreements
WHERE origins > sources
ORDER BY record_type, record_id;
