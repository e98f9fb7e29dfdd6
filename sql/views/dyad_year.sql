-- For each pair of countries and each year: how many events occurred or were under way between them, by the four
-- classes that PLOVER groups its event types into, how many were planned, and how many instruments were signed.
-- country_a comes before country_b in the alphabet. An event counts in the year in which it began; what has no
-- known year is left out.
--
-- country_a: Code (ISO 3166-1 alpha-3) of the country that comes first in the alphabet.
-- country_b: Code (ISO 3166-1 alpha-3) of the other country.
-- year: The year in which the events began and the instruments were signed.
-- events: How many events occurred or were under way between the two: the sum of the four classes.
-- verbal_cooperation: How many of those events are of the PLOVER classes AGREE, CONSULT, SUPPORT and CONCEDE.
-- material_cooperation: How many of those events are of the PLOVER classes COOPERATE, AID and RETREAT.
-- verbal_conflict: How many of those events are of the PLOVER classes REQUEST, ACCUSE, REJECT and THREATEN.
-- material_conflict: How many of those events are of the PLOVER classes PROTEST, SANCTION, MOBILIZE, COERCE and ASSAULT.
-- planned: How many events are announced for that year and not told as having happened; they are not in `events`.
-- agreements: How many instruments that both are parties to were signed in that year, a row of several counted as so many.
CREATE VIEW dyad_year AS
WITH event_countries AS (
    SELECT DISTINCT
        event_id,
        country
    FROM event_participants
    WHERE country IS NOT NULL
),

party_countries AS (
    SELECT DISTINCT
        agreement_id,
        country
    FROM agreement_parties
    WHERE role = 'party' AND country IS NOT NULL
),

dealings AS (
    SELECT
        a.country AS country_a,
        b.country AS country_b,
        year(events.date_start) AS year,
        CASE
            WHEN events.status = 'planned' THEN 'planned'
            WHEN events.plover IN ('AGREE', 'CONSULT', 'SUPPORT', 'CONCEDE') THEN 'verbal_cooperation'
            WHEN events.plover IN ('COOPERATE', 'AID', 'RETREAT') THEN 'material_cooperation'
            WHEN events.plover IN ('REQUEST', 'ACCUSE', 'REJECT', 'THREATEN') THEN 'verbal_conflict'
            ELSE 'material_conflict'
        END AS class,
        1 AS number
    FROM events
    INNER JOIN event_countries AS a ON events.event_id = a.event_id
    INNER JOIN event_countries AS b ON events.event_id = b.event_id AND a.country < b.country
    WHERE events.status IN ('occurred', 'ongoing', 'planned') AND events.date_start IS NOT NULL
    UNION ALL
    SELECT
        a.country AS country_a,
        b.country AS country_b,
        year(agreements.date_start) AS year,
        'agreement' AS class,
        agreements.instruments AS number
    FROM agreements
    INNER JOIN party_countries AS a ON agreements.agreement_id = a.agreement_id
    INNER JOIN party_countries AS b ON agreements.agreement_id = b.agreement_id AND a.country < b.country
    WHERE agreements.status IN ('signed', 'in_force') AND agreements.date_start IS NOT NULL
)

SELECT
    country_a,
    country_b,
    year,
    count(*) FILTER (WHERE class NOT IN ('planned', 'agreement')) AS events,
    count(*) FILTER (WHERE class = 'verbal_cooperation') AS verbal_cooperation,
    count(*) FILTER (WHERE class = 'material_cooperation') AS material_cooperation,
    count(*) FILTER (WHERE class = 'verbal_conflict') AS verbal_conflict,
    count(*) FILTER (WHERE class = 'material_conflict') AS material_conflict,
    count(*) FILTER (WHERE class = 'planned') AS planned,
    coalesce(sum(number) FILTER (WHERE class = 'agreement'), 0)::BIGINT AS agreements
FROM dealings
GROUP BY country_a, country_b, year
ORDER BY country_a, country_b, year;
