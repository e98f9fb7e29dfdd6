-- A statement supports a field that its kind of record has.
SELECT
    statement_id,
    record_type,
    field
FROM statements
WHERE
    NOT CASE record_type
        WHEN 'event'
            THEN field IN (
                'type', 'status', 'date', 'place', 'place_country', 'fields', 'agreement_id', 'participant'
            )
        WHEN 'agreement'
            THEN field IN (
                'title', 'instrument', 'status', 'date', 'place', 'instruments', 'fields', 'binding', 'party'
            )
        WHEN 'actor' THEN field IN ('name', 'kind', 'country', 'office', 'parent_actor_id', 'wikidata_id')
        ELSE FALSE
    END
ORDER BY statement_id;
