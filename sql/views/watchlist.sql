-- What is announced and not yet confirmed: planned events for which no event of the same type between the same
-- countries is told as having happened at that time (or, where the plan is undated, after it was first told), and
-- instruments that are proposed, negotiated or planned. `due` compares the date with the newest document of the
-- package: overdue, ahead or undated.
--
-- date: Date that is announced, as EDTF text that may be partial. Null where none is.
-- record_type: Which table the record is in: event or agreement.
-- kind: Type of the event, or kind of the instrument.
-- status: How far it has come: planned for an event; proposed, negotiating or planned for an instrument.
-- due: The date against the newest document of the package: overdue (past), ahead (not past), undated (there is none, or no document bears a day).
-- actors: Names of all who take part or are parties, each once, in the order of the alphabet.
-- countries: Their countries as ISO 3166-1 alpha-3 codes, each once, in the order of the alphabet.
-- place: Where it is to happen, as named in the documents. Null where none says.
-- first_told: Day on which the first document that tells it was published. Null where none bears a day.
-- last_told: Day on which the newest document that tells it was published. Null where none bears a day.
-- sources: How many documents tell it.
-- origins: How many of those documents are independent.
-- confidence: How sure the extraction is of it, from 0 (not at all) to 1 (certain).
-- date_start: First day that `date` can mean. Null where there is no date or its year is unknown.
-- date_end: Last day that `date` can mean. Null where there is no date or its year is unknown.
-- record_id: Key of the record: an event_id or agreement_id, as record_type says.
CREATE VIEW watchlist AS
WITH told AS (
    SELECT
        statements.record_type,
        statements.record_id,
        min(sources.published) AS first_told,
        max(sources.published) AS last_told
    FROM statements
    INNER JOIN sources ON statements.source_id = sources.source_id
    GROUP BY statements.record_type, statements.record_id
),

newest AS (
    SELECT max(published) AS day
    FROM sources
    WHERE status != 'cited'
),

sides AS (
    SELECT
        'event' AS record_type,
        event_participants.event_id AS record_id,
        list(DISTINCT actors.name ORDER BY actors.name) AS actors,
        coalesce(
            list(DISTINCT event_participants.country ORDER BY event_participants.country)
                FILTER (WHERE event_participants.country IS NOT NULL),
            []
        ) AS countries
    FROM event_participants
    INNER JOIN actors ON event_participants.actor_id = actors.actor_id
    GROUP BY event_participants.event_id
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_parties.agreement_id AS record_id,
        list(DISTINCT actors.name ORDER BY actors.name) AS actors,
        coalesce(
            list(DISTINCT agreement_parties.country ORDER BY agreement_parties.country)
                FILTER (WHERE agreement_parties.country IS NOT NULL),
            []
        ) AS countries
    FROM agreement_parties
    INNER JOIN actors ON agreement_parties.actor_id = actors.actor_id
    GROUP BY agreement_parties.agreement_id
),

happened AS (
    SELECT
        events.type,
        sides.countries,
        events.date_start,
        events.date_end
    FROM events
    INNER JOIN sides ON events.event_id = sides.record_id AND sides.record_type = 'event'
    WHERE events.status IN ('occurred', 'ongoing') AND events.date_start IS NOT NULL
),

open_records AS (
    SELECT
        'event' AS record_type,
        event_id AS record_id,
        type AS kind,
        status,
        date,
        date_start,
        date_end,
        place,
        sources,
        origins,
        confidence
    FROM events
    WHERE status = 'planned'
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_id AS record_id,
        instrument AS kind,
        status,
        date,
        date_start,
        date_end,
        place,
        sources,
        origins,
        confidence
    FROM agreements
    WHERE status IN ('proposed', 'negotiating', 'planned')
)

SELECT
    open_records.date,
    open_records.record_type,
    open_records.kind,
    open_records.status,
    CASE
        WHEN open_records.date_end IS NULL OR newest.day IS NULL THEN 'undated'
        WHEN open_records.date_end < newest.day THEN 'overdue'
        ELSE 'ahead'
    END AS due,
    sides.actors,
    sides.countries,
    open_records.place,
    told.first_told,
    told.last_told,
    open_records.sources,
    open_records.origins,
    open_records.confidence,
    open_records.date_start,
    open_records.date_end,
    open_records.record_id
FROM open_records
CROSS JOIN newest
LEFT JOIN sides
    ON open_records.record_type = sides.record_type AND open_records.record_id = sides.record_id
LEFT JOIN told
    ON open_records.record_type = told.record_type AND open_records.record_id = told.record_id
WHERE
    NOT EXISTS (
        SELECT 1
        FROM happened
        WHERE
            open_records.record_type = 'event'
            AND happened.type = open_records.kind
            AND happened.countries = sides.countries
            AND CASE
                WHEN open_records.date_start IS NULL THEN happened.date_start >= told.first_told
                ELSE happened.date_start <= open_records.date_end AND happened.date_end >= open_records.date_start
            END
    )
ORDER BY open_records.date_start NULLS LAST, open_records.record_type, open_records.record_id;
