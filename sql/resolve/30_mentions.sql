-- Mentions of events and agreements, one row each: what a document tells at one place, with its actors resolved.

CREATE MACRO is_day(edtf) AS edtf IS NOT NULL AND regexp_full_match(edtf, '([0-9]{4}|XXXX)-[01][0-9]-[0-3][0-9](/.*)?');

-- 3 a day, 2 a month or a range of days without a year, 1 a year or less, 0 nothing
CREATE MACRO precision_of(edtf) AS CASE
    WHEN edtf IS NULL THEN 0
    WHEN regexp_full_match(edtf, '[0-9]{4}-[01][0-9]-[0-3][0-9](/.*)?') THEN 3
    WHEN regexp_full_match(edtf, '[0-9]{4}-[0-9]{2}(/.*)?|XXXX-.*') THEN 2
    ELSE 1
END;

CREATE TABLE members AS
SELECT
    r.mention_id,
    r.source_id,
    r.record_type,
    o.actor_id,
    r.country,
    r.role,
    a.kind,
    r.start,
    r.rule
FROM raw_statements AS r
INNER JOIN actor_of AS o ON r.source_id = o.source_id AND r.value = o.key
INNER JOIN actors AS a ON o.actor_id = a.actor_id
WHERE r.field IN ('participant', 'party');

CREATE TABLE mentions AS
WITH cells AS (
    SELECT
        mention_id,
        source_id,
        record_type,
        min(position) AS position,
        max(confidence) AS confidence,
        min(value) FILTER (WHERE field = 'type') AS type,
        min(value) FILTER (WHERE field = 'instrument') AS instrument,
        min(value) FILTER (WHERE field = 'title') AS title,
        min(value) FILTER (WHERE field = 'status') AS status,
        min(value) FILTER (WHERE field = 'date') AS date,
        min(date_start) AS date_start,
        max(date_end) AS date_end,
        min(value) FILTER (WHERE field = 'place') AS place,
        min(value) FILTER (WHERE field = 'place_country') AS place_country,
        min(value) FILTER (WHERE field = 'agreement_id') AS agreement_mention,
        min(value) FILTER (WHERE field = 'instruments')::BIGINT AS instruments,
        list_sort(coalesce(list(DISTINCT value) FILTER (WHERE field = 'field'), [])) AS fields,
        bool_or(field = 'status' AND rule = 'status:occurred/bare noun') AS is_status_weak
    FROM raw_statements
    WHERE record_type IN ('event', 'agreement')
    GROUP BY mention_id, source_id, record_type
),
sides AS (
    SELECT
        mention_id,
        list_sort(coalesce(list(DISTINCT country) FILTER (WHERE country IS NOT NULL), [])) AS countries,
        list_sort(coalesce(list(DISTINCT actor_id) FILTER (WHERE kind = 'person'), [])) AS persons,
        list_sort(coalesce(list(DISTINCT actor_id) FILTER (WHERE kind = 'organization'), [])) AS organizations,
        list_sort(coalesce(list(DISTINCT country || ' ' || actor_id) FILTER (WHERE kind = 'person' AND country IS NOT NULL), [])) AS persons_of,
        list_sort(coalesce(list(DISTINCT country) FILTER (WHERE kind = 'person' AND country IS NOT NULL), [])) AS countries_with_persons,
        list_sort(coalesce(list(DISTINCT country) FILTER (WHERE role = 'initiator' AND country IS NOT NULL), [])) AS initiators
    FROM members
    GROUP BY mention_id
)
SELECT
    c.*,
    coalesce(s.countries, []) AS countries,
    coalesce(s.persons, []) AS persons,
    coalesce(s.organizations, []) AS organizations,
    coalesce(s.persons_of, []) AS persons_of,
    coalesce(s.countries_with_persons, []) AS countries_with_persons,
    coalesce(s.initiators, []) AS initiators,
    precision_of(c.date) AS precision,
    d.published,
    row_number() OVER (
        PARTITION BY c.record_type
        ORDER BY
            precision_of(c.date) DESC, len(coalesce(s.persons, [])) DESC, len(coalesce(s.countries, [])) DESC, coalesce(c.instruments, 1) DESC,
            len(c.fields) DESC, d.published NULLS LAST, c.source_id, c.position, c.mention_id
    ) AS rank
FROM cells AS c
INNER JOIN documents AS d ON c.source_id = d.source_id
LEFT JOIN sides AS s ON c.mention_id = s.mention_id;

-- two dates that can be one: they overlap, or one is not told; without a year month and day decide
CREATE MACRO dates_agree(date_a, start_a, end_a, date_b, start_b, end_b) AS CASE
    WHEN date_a IS NULL OR date_b IS NULL THEN TRUE
    WHEN start_a IS NOT NULL AND start_b IS NOT NULL THEN start_a <= end_b AND start_b <= end_a
    WHEN is_day(date_a) AND is_day(date_b) THEN date_a[6:10] <= split_part(date_b, '/', -1)[6:10] AND date_b[6:10] <= split_part(date_a, '/', -1)[6:10]
    WHEN length(date_a) >= 7 AND length(date_b) >= 7 THEN date_a[6:7] = date_b[6:7]
    ELSE FALSE
END;

-- two sets of persons that can be of one event: no country sends different ones to it
CREATE MACRO persons_agree(persons_a, countries_a, persons_b, countries_b) AS
list_has_any(persons_a, persons_b) OR NOT list_has_any(countries_a, countries_b);

CREATE MACRO places_agree(place_a, country_a, place_b, country_b) AS
place_a IS NULL OR place_b IS NULL OR lower(place_a) = lower(place_b)
OR (coalesce(country_a = country_b, TRUE) AND (place_a IN (SELECT name FROM states) OR place_b IN (SELECT name FROM states)));
