-- Every event in order of time, one row an event, with its sides as names and as country codes, its place, its
-- instrument and how many documents tell it. Events of an unknown year or without a date come last.
--
-- date: events.date
-- type: events.type
-- status: events.status
-- actors: Names of all who take part, each once, in the order of the alphabet.
-- countries: Countries of all who take part as ISO 3166-1 alpha-3 codes, each once, in the order of the alphabet.
-- place: events.place
-- fields: events.fields
-- agreement: Title of the instrument that the event is about. Null where there is none, or it bears none.
-- instrument: Kind of the instrument that the event is about, in the codes of agreements.instrument. Null where there is none.
-- sources: events.sources
-- origins: events.origins
-- confidence: events.confidence
-- plover: events.plover
-- date_start: events.date_start
-- date_end: events.date_end
-- event_id: events.event_id
-- agreement_id: events.agreement_id
CREATE VIEW timeline AS
WITH sides AS (
    SELECT
        event_participants.event_id,
        list(DISTINCT actors.name ORDER BY actors.name) AS actors,
        list(DISTINCT event_participants.country ORDER BY event_participants.country)
            FILTER (WHERE event_participants.country IS NOT NULL) AS countries
    FROM event_participants
    INNER JOIN actors ON event_participants.actor_id = actors.actor_id
    GROUP BY event_participants.event_id
)

SELECT
    events.date,
    events.type,
    events.status,
    sides.actors,
    coalesce(sides.countries, []) AS countries,
    events.place,
    events.fields,
    agreements.title AS agreement,
    agreements.instrument,
    events.sources,
    events.origins,
    events.confidence,
    events.plover,
    events.date_start,
    events.date_end,
    events.event_id,
    events.agreement_id
FROM events
LEFT JOIN sides ON events.event_id = sides.event_id
LEFT JOIN agreements ON events.agreement_id = agreements.agreement_id
ORDER BY events.date_start NULLS LAST, events.date NULLS LAST, events.event_id;
