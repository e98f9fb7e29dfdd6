-- Where documents differ on one cell of one record: one row a value that is told for its date, place, status, type, kind of instrument, number
-- of instruments or the countries that took part, with who tells it, how many documents do, and whether it is the one that the record holds.
-- `differs` is precision where every value begins the longest one (2025-08 and 2025-08-02), extent where one set of countries holds the others,
-- and content where they contradict; a happening that another source denies is there with status, denied, and the denial as `other_id`. What an
-- instrument went through is no disagreement: see agreement_history.
--
-- record_type: Which table the record is in: event or agreement.
-- record_id: Key of the record: an event_id or agreement_id, as record_type says.
-- field: On what the documents differ: a column of the record, or countries for the set of those that took part.
-- value: One of the values that are told for it; of countries the codes in the order of the alphabet, joined by +.
-- chosen: Whether this is the value that the record holds.
-- differs: How the values of this cell differ: precision (each begins the longest), extent (one set holds the others) or content (they contradict).
-- told_values: How many values are told for this cell.
-- sources: How many documents tell this value.
-- source_ids: Keys of the documents that tell this value, in the order of the alphabet.
-- attributed_to: Keys of the actors whom those documents quote for it, in the order of the alphabet. Empty where they say it in their own voice.
-- other_id: The event that is the denial, where the value is one. Null for all others.
CREATE VIEW disagreements AS
WITH sides AS (
    SELECT
        members.record_type,
        members.record_id,
        members.source_id,
        list(DISTINCT actors.country ORDER BY actors.country) AS countries
    FROM statements AS members
    INNER JOIN actors ON members.value = actors.actor_id
    WHERE members.field IN ('participant', 'party') AND actors.country IS NOT NULL
    GROUP BY members.record_type, members.record_id, members.source_id
),

told AS (
    SELECT
        record_type,
        record_id,
        field,
        value,
        list(DISTINCT source_id ORDER BY source_id) AS source_ids,
        list(DISTINCT attributed_to ORDER BY attributed_to) FILTER (WHERE attributed_to IS NOT NULL) AS attributed_to,
        NULL::VARCHAR AS other_id
    FROM statements
    WHERE
        (record_type = 'event' AND field IN ('date', 'place', 'status', 'type'))
        OR (record_type = 'agreement' AND field IN ('date', 'place', 'instruments', 'instrument'))
    GROUP BY record_type, record_id, field, value
    UNION ALL
    SELECT
        record_type,
        record_id,
        'countries' AS field,
        array_to_string(countries, '+') AS value,
        list(DISTINCT source_id ORDER BY source_id) AS source_ids,
        NULL AS attributed_to,
        NULL::VARCHAR AS other_id
    FROM sides
    GROUP BY record_type, record_id, countries
    UNION ALL
    SELECT
        'event' AS record_type,
        events.event_id AS record_id,
        'status' AS field,
        'denied' AS value,
        list(DISTINCT statements.source_id ORDER BY statements.source_id) AS source_ids,
        list(DISTINCT statements.attributed_to ORDER BY statements.attributed_to)
            FILTER (WHERE statements.attributed_to IS NOT NULL) AS attributed_to,
        denials.event_id AS other_id
    FROM events
    INNER JOIN events AS denials
        ON
            denials.status = 'denied'
            AND events.status IN ('occurred', 'ongoing')
            AND events.type = denials.type
            AND events.date_start <= denials.date_end
            AND denials.date_start <= events.date_end
    INNER JOIN statements ON denials.event_id = statements.record_id AND statements.field = 'status'
    WHERE
        (SELECT list(DISTINCT p.country ORDER BY p.country) FROM event_participants AS p WHERE p.event_id = events.event_id)
        = (SELECT list(DISTINCT p.country ORDER BY p.country) FROM event_participants AS p WHERE p.event_id = denials.event_id)
    GROUP BY events.event_id, denials.event_id
),

longest AS (
    SELECT
        record_type,
        record_id,
        field,
        count(DISTINCT value) AS told_values,
        max_by(value, length(value)) AS longest_value
    FROM told
    GROUP BY record_type, record_id, field
    HAVING count(DISTINCT value) > 1
),

kinds AS (
    SELECT
        longest.record_type,
        longest.record_id,
        longest.field,
        longest.told_values,
        CASE
            WHEN longest.field = 'countries'
                THEN
                    CASE
                        WHEN bool_and(list_has_all(string_split(longest.longest_value, '+'), string_split(told.value, '+')))
                            THEN 'extent'
                        ELSE 'content'
                    END
            WHEN bool_and(starts_with(longest.longest_value, told.value)) THEN 'precision'
            ELSE 'content'
        END AS differs
    FROM longest
    INNER JOIN told
        ON
            longest.record_type = told.record_type
            AND longest.record_id = told.record_id
            AND longest.field = told.field
    GROUP BY longest.record_type, longest.record_id, longest.field, longest.told_values, longest.longest_value
),

cells AS (
    UNPIVOT (
        SELECT
            'event' AS record_type,
            event_id AS record_id,
            date::VARCHAR AS date,
            place::VARCHAR AS place,
            status::VARCHAR AS status,
            type::VARCHAR AS type
        FROM events
    ) ON date, place, status, type INTO NAME field VALUE value
    UNION ALL
    UNPIVOT (
        SELECT
            'agreement' AS record_type,
            agreement_id AS record_id,
            date::VARCHAR AS date,
            place::VARCHAR AS place,
            instrument::VARCHAR AS instrument,
            instruments::VARCHAR AS instruments
        FROM agreements
    ) ON date, place, instrument, instruments INTO NAME field VALUE value
    UNION ALL
    SELECT
        'event' AS record_type,
        event_id AS record_id,
        'countries' AS field,
        array_to_string(list(DISTINCT country ORDER BY country), '+') AS value
    FROM event_participants
    WHERE country IS NOT NULL
    GROUP BY event_id
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_id AS record_id,
        'countries' AS field,
        array_to_string(list(DISTINCT country ORDER BY country), '+') AS value
    FROM agreement_parties
    WHERE country IS NOT NULL
    GROUP BY agreement_id
)

SELECT
    told.record_type,
    told.record_id,
    told.field,
    told.value,
    coalesce(told.value = cells.value, FALSE) AS chosen,
    kinds.differs,
    kinds.told_values,
    len(told.source_ids) AS sources,
    told.source_ids,
    coalesce(told.attributed_to, []) AS attributed_to,
    told.other_id
FROM told
INNER JOIN kinds
    ON told.record_type = kinds.record_type AND told.record_id = kinds.record_id AND told.field = kinds.field
LEFT JOIN cells
    ON told.record_type = cells.record_type AND told.record_id = cells.record_id AND told.field = cells.field
ORDER BY told.record_type ASC, told.record_id ASC, told.field ASC, chosen DESC, told.value ASC;
