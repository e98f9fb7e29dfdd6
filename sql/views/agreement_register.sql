-- The register of instruments, one row an agreement, with its parties and brokers by name, the events that led to
-- it or changed it, and how many documents tell of it. Instruments of an unknown year or without a date come last.
--
-- date: agreements.date
-- instrument: agreements.instrument
-- title: agreements.title
-- status: agreements.status
-- parties: Names of the parties, in the order of the alphabet. Empty where none is named.
-- countries: Countries of the parties as ISO 3166-1 alpha-3 codes, each once, in the order of the alphabet.
-- brokers: Names of those who brought the parties together, in the order of the alphabet.
-- instruments: agreements.instruments
-- fields: agreements.fields
-- binding: agreements.binding
-- place: agreements.place
-- sources: agreements.sources
-- origins: agreements.origins
-- confidence: agreements.confidence
-- date_start: agreements.date_start
-- date_end: agreements.date_end
-- agreement_id: agreements.agreement_id
-- event_ids: Keys of the events that are about the instrument, in order of time. Empty where there is none.
CREATE VIEW agreement_register AS
WITH members AS (
    SELECT
        agreement_parties.agreement_id,
        list(actors.name ORDER BY actors.name) FILTER (WHERE agreement_parties.role = 'party') AS parties,
        list(actors.name ORDER BY actors.name) FILTER (WHERE agreement_parties.role = 'broker') AS brokers,
        list(DISTINCT agreement_parties.country ORDER BY agreement_parties.country)
            FILTER (WHERE agreement_parties.role = 'party' AND agreement_parties.country IS NOT NULL) AS countries
    FROM agreement_parties
    INNER JOIN actors ON agreement_parties.actor_id = actors.actor_id
    GROUP BY agreement_parties.agreement_id
),

history AS (
    SELECT
        agreement_id,
        list(event_id ORDER BY date_start NULLS LAST, event_id) AS event_ids
    FROM events
    WHERE agreement_id IS NOT NULL
    GROUP BY agreement_id
)

SELECT
    agreements.date,
    agreements.instrument,
    agreements.title,
    agreements.status,
    coalesce(members.parties, []) AS parties,
    coalesce(members.countries, []) AS countries,
    coalesce(members.brokers, []) AS brokers,
    agreements.instruments,
    agreements.fields,
    agreements.binding,
    agreements.place,
    agreements.sources,
    agreements.origins,
    agreements.confidence,
    agreements.date_start,
    agreements.date_end,
    agreements.agreement_id,
    coalesce(history.event_ids, []) AS event_ids
FROM agreements
LEFT JOIN members ON agreements.agreement_id = members.agreement_id
LEFT JOIN history ON agreements.agreement_id = history.agreement_id
ORDER BY agreements.date_start NULLS LAST, agreements.date NULLS LAST, agreements.agreement_id;
