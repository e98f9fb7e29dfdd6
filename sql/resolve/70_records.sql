-- Records: of several tellings the specific one before the vague, the one closer to the event before the later, decides each cell.

CREATE TABLE told AS
SELECT
    r.record_id,
    -- one document is one origin, also where it tells a thing once in a medium's words and once in its own
    coalesce(min(o.medium) OVER (PARTITION BY r.record_id, o.source_id), o.origin) AS origin,
    m.*
FROM mentions AS m
INNER JOIN record_of AS r ON m.mention_id = r.mention_id
INNER JOIN mention_origin AS o ON m.mention_id = o.mention_id;

CREATE MACRO is_state_name(place) AS place IN (SELECT name FROM states);

CREATE TABLE event_rows AS
SELECT
    t.record_id AS event_id,
    -- talks within a visit are the visit
    CASE WHEN bool_or(t.type = 'visit') THEN 'visit' ELSE arg_min(t.type, t.rank) END AS type,
    arg_min(t.date, (-t.precision, t.rank)) FILTER (WHERE t.date IS NOT NULL) AS date,
    arg_min({'first': t.date_start, 'last': t.date_end}, (-t.precision, t.rank)) FILTER (WHERE t.date IS NOT NULL) AS bounds,
    arg_min(t.place, (t.place_country IS NULL, is_state_name(t.place), t.rank)) FILTER (WHERE t.place IS NOT NULL) AS place,
    arg_min({'country': t.place_country}, (t.place_country IS NULL, is_state_name(t.place), t.rank)) FILTER (WHERE t.place IS NOT NULL) AS place_country,
    -- what a verb says of the status goes before what a bare noun ("the visit") lets one guess
    CASE
        WHEN bool_and(t.is_status_weak) THEN arg_min(t.status, t.rank)
        WHEN bool_or(t.status = 'occurred' AND NOT t.is_status_weak) THEN 'occurred'
        WHEN bool_or(t.status = 'ongoing') THEN 'ongoing'
        WHEN bool_or(t.status = 'planned') THEN 'planned'
        ELSE arg_min(t.status, t.rank)
    END AS status,
    list_sort(list_distinct(flatten(list(t.fields)))) AS fields,
    arg_min(a.record_id, t.rank) FILTER (WHERE a.record_id IS NOT NULL) AS agreement_id,
    count(DISTINCT t.source_id) AS sources,
    count(DISTINCT t.origin) AS origins,
    max(t.confidence) AS best
FROM told AS t
LEFT JOIN record_of AS a ON t.agreement_mention = a.mention_id
WHERE t.record_type = 'event'
GROUP BY t.record_id;

CREATE TABLE events AS
SELECT
    e.event_id,
    e.type,
    CASE
        WHEN e.status = 'planned' AND e.type IN ('meet', 'visit', 'call', 'sign', 'cooperate', 'aid') THEN 'AGREE'
        ELSE k.plover
    END AS plover,
    e.date,
    e.bounds.first AS date_start,
    e.bounds.last AS date_end,
    e.place,
    e.place_country.country AS place_country,
    e.status,
    e.fields,
    e.agreement_id,
    e.sources,
    e.origins,
    -- each further independent origin halves the doubt
    round(least(0.99, 1 - (1 - e.best) * power(0.5, e.origins - 1)), 2) AS confidence
FROM event_rows AS e
INNER JOIN event_types AS k ON e.type = k.type;

CREATE TABLE agreements AS
SELECT
    t.record_id AS agreement_id,
    arg_min(t.title, (t.instrument IN ('agreement', 'memorandum', 'other'), t.rank)) AS title,
    arg_min(t.instrument, (t.instrument IN ('agreement', 'memorandum', 'other'), t.rank)) AS instrument,
    arg_max(t.status, (list_position(['denied', 'proposed', 'negotiating', 'planned', 'signed', 'in_force', 'suspended', 'terminated'], t.status), -t.rank)) AS status,
    arg_min(t.date, (-t.precision, t.rank)) FILTER (WHERE t.date IS NOT NULL) AS date,
    arg_min({'first': t.date_start, 'last': t.date_end}, (-t.precision, t.rank)) FILTER (WHERE t.date IS NOT NULL).first AS date_start,
    arg_min({'first': t.date_start, 'last': t.date_end}, (-t.precision, t.rank)) FILTER (WHERE t.date IS NOT NULL).last AS date_end,
    arg_min(t.place, (is_state_name(t.place), t.rank)) FILTER (WHERE t.place IS NOT NULL) AS place,
    coalesce(max(t.instruments), 1) AS instruments,
    list_sort(list_distinct(flatten(list(t.fields)))) AS fields,
    min(b.binding) AS binding,
    count(DISTINCT t.source_id) AS sources,
    count(DISTINCT t.origin) AS origins,
    round(least(0.99, 1 - (1 - max(t.confidence)) * power(0.5, count(DISTINCT t.origin) - 1)), 2) AS confidence
FROM told AS t
LEFT JOIN (
    SELECT mention_id, min(value = 'true') AS binding FROM raw_statements WHERE field = 'binding' GROUP BY mention_id
) AS b ON t.mention_id = b.mention_id
WHERE t.record_type = 'agreement'
GROUP BY t.record_id;

CREATE TABLE event_participants AS
SELECT
    r.record_id AS event_id,
    m.actor_id,
    arg_min(m.country, t.rank) FILTER (WHERE m.country IS NOT NULL) AS country,
    arg_min(m.role, (m.role = 'participant', t.rank, m.role)) AS role
FROM members AS m
INNER JOIN record_of AS r ON m.mention_id = r.mention_id
INNER JOIN mentions AS t ON m.mention_id = t.mention_id
WHERE m.record_type = 'event'
GROUP BY r.record_id, m.actor_id;

CREATE TABLE agreement_parties AS
SELECT
    r.record_id AS agreement_id,
    m.actor_id,
    arg_min(m.country, t.rank) FILTER (WHERE m.country IS NOT NULL) AS country,
    arg_min(m.role, (m.role = 'broker', t.rank)) AS role
FROM members AS m
INNER JOIN record_of AS r ON m.mention_id = r.mention_id
INNER JOIN mentions AS t ON m.mention_id = t.mention_id
WHERE m.record_type = 'agreement'
GROUP BY r.record_id, m.actor_id;
