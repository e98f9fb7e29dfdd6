-- Where the statements on one cell of one record differ: one row a value that is told for its date, place, status,
-- type, number of instruments or kind of instrument, with who tells it and whether it is the one that the record
-- holds. `differs` is precision where every value begins the longest one (2025-08 and 2025-08-02), and content
-- where they contradict.
CREATE VIEW disagreements AS
WITH told AS (
    SELECT
        record_type,
        record_id,
        field,
        value,
        list(DISTINCT source_id ORDER BY source_id) AS source_ids,
        list(DISTINCT attributed_to ORDER BY attributed_to) FILTER (WHERE attributed_to IS NOT NULL) AS attributed_to
    FROM statements
    WHERE
        record_type IN ('event', 'agreement')
        AND field IN ('date', 'place', 'status', 'type', 'instruments', 'instrument')
    GROUP BY record_type, record_id, field, value
),

longest AS (
    SELECT
        record_type,
        record_id,
        field,
        count(*) AS told_values,
        max_by(value, length(value)) AS longest_value
    FROM told
    GROUP BY record_type, record_id, field
    HAVING count(*) > 1
),

kinds AS (
    SELECT
        longest.record_type,
        longest.record_id,
        longest.field,
        longest.told_values,
        CASE
            WHEN bool_and(starts_with(longest.longest_value, told.value)) THEN 'precision'
            ELSE 'content'
        END AS differs
    FROM longest
    INNER JOIN told
        ON
            longest.record_type = told.record_type
            AND longest.record_id = told.record_id
            AND longest.field = told.field
    GROUP BY longest.record_type, longest.record_id, longest.field, longest.told_values
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
            status::VARCHAR AS status,
            instrument::VARCHAR AS instrument,
            instruments::VARCHAR AS instruments
        FROM agreements
    ) ON date, place, status, instrument, instruments INTO NAME field VALUE value
)

SELECT
    told.record_type,
    told.record_id,
    told.field,
    told.value,
    coalesce(told.value = cells.value, FALSE) AS chosen,
    kinds.differs,
    kinds.told_values,
    told.source_ids,
    coalesce(told.attributed_to, []) AS attributed_to
FROM told
INNER JOIN kinds
    ON told.record_type = kinds.record_type AND told.record_id = kinds.record_id AND told.field = kinds.field
LEFT JOIN cells
    ON told.record_type = cells.record_type AND told.record_id = cells.record_id AND told.field = cells.field
ORDER BY told.record_type ASC, told.record_id ASC, told.field ASC, chosen DESC, told.value ASC;
