-- One row an event with all its columns and, beside them, the names of those who take part in each role, the
-- countries involved, the title of the instrument and the documents that tell it: for spreadsheets and for
-- reading.
--
-- *: events
-- initiators: Names of those who act, in the order of the alphabet. Empty where there is none.
-- targets: Names of those who are acted upon, in the order of the alphabet. Empty where there is none.
-- participants: Names of those who take part on equal terms, in the order of the alphabet. Empty where there is none.
-- hosts: Names of those who receive the others, in the order of the alphabet. Empty where there is none.
-- mediators: Names of those who lead the talks of others, in the order of the alphabet. Empty where there is none.
-- countries: Countries of all who take part as ISO 3166-1 alpha-3 codes, each once, in the order of the alphabet.
-- agreement: Title of the instrument that the event is about. Null where there is none, or it bears none.
-- source_ids: Keys of the documents that tell the event, in the order of the alphabet.
CREATE VIEW events_wide AS
WITH people AS (
    SELECT
        event_participants.event_id,
        list(actors.name ORDER BY actors.name) FILTER (WHERE event_participants.role = 'initiator') AS initiators,
        list(actors.name ORDER BY actors.name) FILTER (WHERE event_participants.role = 'target') AS targets,
        list(actors.name ORDER BY actors.name) FILTER (WHERE event_participants.role = 'participant') AS participants,
        list(actors.name ORDER BY actors.name) FILTER (WHERE event_participants.role = 'host') AS hosts,
        list(actors.name ORDER BY actors.name) FILTER (WHERE event_participants.role = 'mediator') AS mediators,
        list(DISTINCT event_participants.country ORDER BY event_participants.country)
            FILTER (WHERE event_participants.country IS NOT NULL) AS countries
    FROM event_participants
    INNER JOIN actors ON event_participants.actor_id = actors.actor_id
    GROUP BY event_participants.event_id
),

tellers AS (
    SELECT
        record_id AS event_id,
        list(DISTINCT source_id ORDER BY source_id) AS source_ids
    FROM statements
    WHERE record_type = 'event'
    GROUP BY record_id
)

SELECT
    events.*,
    coalesce(people.initiators, []) AS initiators,
    coalesce(people.targets, []) AS targets,
    coalesce(people.participants, []) AS participants,
    coalesce(people.hosts, []) AS hosts,
    coalesce(people.mediators, []) AS mediators,
    coalesce(people.countries, []) AS countries,
    agreements.title AS agreement,
    coalesce(tellers.source_ids, []) AS source_ids
FROM events
LEFT JOIN people ON events.event_id = people.event_id
LEFT JOIN tellers ON events.event_id = tellers.event_id
LEFT JOIN agreements ON events.agreement_id = agreements.agreement_id
ORDER BY events.event_id;
