-- Every id that is no longer in use leads to one that is, or was retracted; one that is in use leads to itself.
WITH living AS (
    SELECT 'event' AS record_type, event_id AS id FROM events
    UNION ALL
    SELECT 'agreement', agreement_id FROM agreements
    UNION ALL
    SELECT 'actor', actor_id FROM actors
    UNION ALL
    SELECT 'source', source_id FROM sources
    UNION ALL
    SELECT 'statement', statement_id FROM statements
),
said AS (
    SELECT
        h.record_type,
        h.old_id,
        h.current_id,
        own.id IS NOT NULL AS in_use,
        target.id IS NOT NULL AS leads_on
    FROM id_history AS h
    LEFT JOIN living AS own ON h.record_type = own.record_type AND h.old_id = own.id
    LEFT JOIN living AS target ON h.record_type = target.record_type AND h.current_id = target.id
)
SELECT * FROM said
WHERE (in_use AND current_id IS DISTINCT FROM old_id) OR (NOT in_use AND current_id = old_id) OR (current_id IS NOT NULL AND NOT leads_on)
UNION ALL
SELECT h.record_type, h.old_id, h.current_id, FALSE, FALSE
FROM id_history AS h
WHERE (h.reason = 'retracted') <> (h.new_id IS NULL);
