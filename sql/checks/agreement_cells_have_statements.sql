-- Every instrument, status, date and place of an agreement has a statement of its own.
WITH cells AS (
    UNPIVOT agreements
    ON instrument, status, date, place
    INTO NAME field VALUE value
)

SELECT
    cells.agreement_id,
    cells.field,
    cells.value
FROM cells
ANTI JOIN statements
    ON
        statements.record_type = 'agreement'
        AND cells.agreement_id = statements.record_id
        AND cells.field = statements.field
ORDER BY cells.agreement_id, cells.field;
