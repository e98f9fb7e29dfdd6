-- What came of each signed instrument: one row a later happening that follows from it, or one row that says "nothing so far" with the days
-- from the signing to the newest document. A happening follows when it occurred after the signing, takes in every country that is a party, and
-- is about the instrument itself or shares a field with it (with one that has no field, any does). `outcome` is ratification, suspension,
-- termination, contract, instrument, cooperation, aid or meeting. Of an instrument without a date nothing can be said but what is about it.
--
-- agreement_id: The signed instrument.
-- signed_on: Date of the signing as EDTF text that may be partial. Null where no document dates it.
-- title: agreements.title
-- countries: Countries of the parties as ISO 3166-1 alpha-3 codes, each once, in the order of the alphabet.
-- outcome: What came of it: ratification, suspension, termination, contract, instrument, cooperation, aid, meeting, or nothing so far.
-- kind: Type of the event, or kind of the instrument, that came of it. Null where nothing did.
-- outcome_date: Date of what came of it as EDTF text that may be partial. Null where nothing did, or no document dates it.
-- days: Days from the last day that the date of the signing can mean to the first that of the outcome can; where nothing came, to the newest document.
-- record_id: Key of what came of it: an event_id, or an agreement_id for a contract or instrument. Null where nothing did.
-- confidence: How sure the extraction is of what came of it, from 0 to 1. Null where nothing did.
CREATE VIEW follow_up AS
WITH parties AS (
    SELECT
        agreement_id,
        list(DISTINCT country ORDER BY country) AS countries
    FROM agreement_parties
    WHERE role = 'party' AND country IS NOT NULL
    GROUP BY agreement_id
),

signed AS (
    SELECT
        agreements.agreement_id,
        agreements.title,
        agreements.instrument,
        agreements.date,
        agreements.date_end,
        agreements.fields,
        parties.countries
    FROM agreements
    INNER JOIN parties ON agreements.agreement_id = parties.agreement_id
    WHERE agreements.status IN ('signed', 'in_force', 'suspended', 'terminated')
),

sides AS (
    SELECT
        event_id,
        list(DISTINCT country ORDER BY country) FILTER (WHERE country IS NOT NULL) AS countries
    FROM event_participants
    GROUP BY event_id
),

-- the steps that are told of an instrument, to tell a suspension from an end
steps AS (
    SELECT
        agreement_id,
        event_id,
        max(status) AS status
    FROM agreement_history
    WHERE event_id IS NOT NULL AND status IN ('in_force', 'suspended', 'terminated')
    GROUP BY agreement_id, event_id
),

happened AS (
    SELECT
        signed.agreement_id,
        CASE
            WHEN steps.status = 'in_force' THEN 'ratification'
            WHEN steps.status = 'suspended' THEN 'suspension'
            WHEN steps.status = 'terminated' THEN 'termination'
            WHEN events.type IN ('cooperate', 'aid') THEN replace(events.type, 'cooperate', 'cooperation')
            ELSE 'meeting'
        END AS outcome,
        events.event_id AS record_id,
        events.type AS kind,
        events.date AS outcome_date,
        events.date_start AS outcome_start,
        events.confidence
    FROM signed
    INNER JOIN events ON events.status IN ('occurred', 'ongoing')
    LEFT JOIN sides ON events.event_id = sides.event_id
    LEFT JOIN steps ON signed.agreement_id = steps.agreement_id AND events.event_id = steps.event_id
    WHERE
        steps.event_id IS NOT NULL
        OR (
            events.type IN ('meet', 'visit', 'call', 'negotiate', 'cooperate', 'aid')
            AND events.date_start > signed.date_end
            AND list_has_all(sides.countries, signed.countries)
            AND (
                coalesce(events.agreement_id = signed.agreement_id, FALSE)
                OR signed.fields = []
                OR list_has_any(events.fields, signed.fields)
            )
        )
    UNION ALL
    SELECT
        signed.agreement_id,
        CASE WHEN later.instrument = 'contract' THEN 'contract' ELSE 'instrument' END AS outcome,
        later.agreement_id AS record_id,
        later.instrument AS kind,
        later.date AS outcome_date,
        later.date_start AS outcome_start,
        later.confidence
    FROM signed
    INNER JOIN agreements AS later
        ON later.status IN ('signed', 'in_force', 'suspended', 'terminated') AND signed.date_end < later.date_start
    INNER JOIN parties ON later.agreement_id = parties.agreement_id AND list_has_all(parties.countries, signed.countries)
    WHERE signed.fields = [] OR list_has_any(later.fields, signed.fields)
),

newest AS (
    SELECT max(published) AS day
    FROM sources
    WHERE status != 'cited'
)

SELECT
    signed.agreement_id,
    signed.date AS signed_on,
    signed.title,
    signed.countries,
    coalesce(happened.outcome, 'nothing so far') AS outcome,
    happened.kind,
    happened.outcome_date,
    CASE
        WHEN happened.record_id IS NULL THEN date_diff('day', signed.date_end, newest.day)
        ELSE date_diff('day', signed.date_end, happened.outcome_start)
    END AS days,
    happened.record_id,
    happened.confidence
FROM signed
CROSS JOIN newest
LEFT JOIN happened ON signed.agreement_id = happened.agreement_id
ORDER BY signed.date_end NULLS LAST, signed.agreement_id, happened.outcome_start NULLS LAST, happened.record_id;
