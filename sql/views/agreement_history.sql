-- How each instrument came to where it is: one row a step and document that tells it, in order of time, with the event that took the
-- instrument that far, its date, and the words. A step that no event stands behind ("the accord in force") has no event and, unless it is the
-- signing, no date. `step` counts the steps of an instrument; steps of unknown date come where their status belongs.
--
-- agreement_id: The instrument.
-- title: agreements.title
-- step: Number of the step among those of the instrument, from 1; documents that tell the same step share it.
-- status: How far the step took the instrument, in the codes of agreements.status.
-- date: Date of the step as EDTF text that may be partial. Null where no document dates it.
-- event_id: The event that took the instrument that far. Null where no event stands behind the step.
-- source: Key of the document that tells the step.
-- quote: statements.quote
-- attributed_to: statements.attributed_to
-- start: statements.start
CREATE VIEW agreement_history AS
WITH told AS (
    SELECT
        statements.record_id AS agreement_id,
        statements.value AS status,
        statements.source_id,
        statements.start,
        statements.quote,
        statements.attributed_to,
        min(events.event_id) AS event_id
    FROM statements
    LEFT JOIN statements AS behind
        ON
            behind.record_type = 'event'
            AND behind.field = 'status'
            AND statements.source_id = behind.source_id
            AND statements.start = behind.start
            AND statements."end" = behind."end"
    LEFT JOIN events ON behind.record_id = events.event_id AND statements.record_id = events.agreement_id
    WHERE statements.record_type = 'agreement' AND statements.field = 'status'
    GROUP BY ALL
),

dated AS (
    SELECT
        told.*,
        CASE WHEN told.event_id IS NOT NULL THEN events.date WHEN told.status = 'signed' THEN agreements.date END AS date,
        CASE
            WHEN told.event_id IS NOT NULL THEN events.date_start WHEN told.status = 'signed' THEN agreements.date_start
        END AS date_start,
        list_position(
            ['denied', 'proposed', 'negotiating', 'planned', 'signed', 'in_force', 'suspended', 'terminated'], told.status
        ) AS stage
    FROM told
    INNER JOIN agreements ON told.agreement_id = agreements.agreement_id
    LEFT JOIN events ON told.event_id = events.event_id
),

placed AS (
    SELECT
        *,
        -- what bears no date comes after the last dated step that it goes further than
        coalesce(
            date_start,
            max(date_start) OVER (PARTITION BY agreement_id ORDER BY stage RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        ) AS place_in_time
    FROM dated
)

SELECT
    placed.agreement_id,
    agreements.title,
    dense_rank() OVER (
        PARTITION BY placed.agreement_id
        ORDER BY placed.place_in_time NULLS FIRST, placed.stage, placed.date_start NULLS LAST, placed.event_id NULLS LAST
    ) AS step,
    placed.status,
    placed.date,
    placed.event_id,
    placed.source_id AS source,
    placed.quote,
    placed.attributed_to,
    placed.start
FROM placed
INNER JOIN agreements ON placed.agreement_id = agreements.agreement_id
ORDER BY placed.agreement_id, step, source, placed.start;
