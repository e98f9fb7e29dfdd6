-- What a document tells of an event or an agreement at one place, one row each, with its actors resolved.

CREATE TABLE members AS
SELECT
    r.mention_id,
    r.source_id,
    r.document,
    r.record_type,
    o.actor_id,
    r.country,
    r.role,
    a.kind,
    r.start,
    r.rule
FROM raw_statements AS r
INNER JOIN actor_of AS o ON r.document = o.document AND r.value = o.key AND in_part(o.document)
INNER JOIN actors AS a ON o.actor_id = a.actor_id
WHERE r.field IN ('participant', 'party') AND in_part(r.document);

CREATE TABLE mention_cells AS
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
    WHERE record_type IN ('event', 'agreement') AND in_part(document)
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
    WHERE in_part(document)
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
    d.published
FROM cells AS c
INNER JOIN documents AS d ON c.source_id = d.source_id
LEFT JOIN sides AS s ON c.mention_id = s.mention_id;
