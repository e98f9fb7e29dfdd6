-- Every type, status, date and place of an event, and its link to an agreement, has a statement of its own.
WITH cells AS (
    UNPIVOT events
    ON type, status, date, place, agreement_id
    INTO NAME field VALUE value
)

SELECT
    cells.event_id,
    cells.field,
    cells.value
FROM cells
ANTI JOIN statements
    ON
        statements.record_type = 'event'
        AND cells.event_id = statements.record_id
        AND cells.field = statements.field
ORDER BY cells.event_id, cells.field;
