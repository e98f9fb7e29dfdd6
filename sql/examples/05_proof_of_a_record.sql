-- The words behind the first signing in the data: every cell of the record with the passage that supports it.
SELECT
    field,
    value,
    quote,
    attributed_to,
    source_title,
    published
FROM evidence
WHERE
    record_id = (
        SELECT min(events.event_id)
        FROM events
        WHERE events.type = 'sign'
    );
