-- Every event in order of time, one row an event, with its sides as names and as country codes, its place, its
-- instrument and how many documents tell it. Events of an unknown year or without a date come last.
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
