-- Records. Of several tellings each cell takes one, by one rule: the specific before the vague; then what more independent origins tell,
-- whatever the number of their echoes; then what was told closest to the event; then the telling that says most.

CREATE MACRO is_state_name(place) AS place IN (SELECT name FROM states);

-- how many independent origins tell each value of a cell
CREATE TABLE votes AS
WITH cells AS (
    UNPIVOT (
        SELECT record_id, origin, date, lower(place) AS place, type, instrument, instruments::VARCHAR AS instruments FROM told
    ) ON date, place, type, instrument, instruments INTO NAME field VALUE value
)
SELECT record_id, field, value, count(DISTINCT origin) AS origins
FROM cells
GROUP BY record_id, field, value;

CREATE TABLE weighed AS
SELECT
    t.*,
    coalesce(d.origins, 0) AS date_votes,
    coalesce(p.origins, 0) AS place_votes,
    coalesce(k.origins, 0) AS type_votes,
    coalesce(i.origins, 0) AS instrument_votes,
    coalesce(n.origins, 0) AS count_votes
FROM told AS t
LEFT JOIN votes AS d ON t.record_id = d.record_id AND d.field = 'date' AND t.date = d.value
LEFT JOIN votes AS p ON t.record_id = p.record_id AND p.field = 'place' AND lower(t.place) = p.value
LEFT JOIN votes AS k ON t.record_id = k.record_id AND k.field = 'type' AND t.type = k.value
LEFT JOIN votes AS i ON t.record_id = i.record_id AND i.field = 'instrument' AND t.instrument = i.value
LEFT JOIN votes AS n ON t.record_id = n.record_id AND n.field = 'instruments' AND t.instruments::VARCHAR = n.value;

CREATE TABLE event_rows AS
SELECT
    t.record_id AS event_id,
    -- talks within a visit are the visit
    CASE WHEN bool_or(t.type = 'visit') THEN 'visit' ELSE arg_min(t.type, (-t.type_votes, t.rank)) END AS type,
    arg_min(
        {'date': t.date, 'first': t.date_start, 'last': t.date_end}, (-t.precision, -t.date_votes, t.days_after, t.rank)
    ) FILTER (WHERE t.date IS NOT NULL) AS happened,
    arg_min(
        {'place': t.place, 'country': t.place_country},
        (t.place_country IS NULL, is_state_name(t.place), -t.place_votes, t.days_after, t.rank)
    ) FILTER (WHERE t.place IS NOT NULL) AS scene,
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
    count(DISTINCT t.origin) AS origins
FROM weighed AS t
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
    e.happened.date,
    e.happened.first AS date_start,
    e.happened.last AS date_end,
    e.scene.place,
    e.scene.country AS place_country,
    e.status,
    e.fields,
    e.agreement_id,
    e.sources,
    e.origins,
    c.confidence
FROM event_rows AS e
INNER JOIN event_types AS k ON e.type = k.type
INNER JOIN record_confidence AS c ON e.event_id = c.record_id;

-- which step of its instrument the date of each mention belongs to; an instrument is dated by its signing, else by what is planned for it,
-- else by what became of it
CREATE TABLE agreement_dates AS
WITH dated AS (
    SELECT t.record_id, t.mention_id, coalesce(min(stage_of(s.status)), any_value(stage_of(t.status))) AS stage
    FROM told AS t
    LEFT JOIN agreement_steps AS s ON t.mention_id = s.agreement_mention AND s.event_mention IS NOT NULL AND t.date = s.date
    WHERE t.record_type = 'agreement' AND t.date IS NOT NULL
    GROUP BY t.record_id, t.mention_id
)
SELECT mention_id, abs(stage - 2) = min(abs(stage - 2)) OVER (PARTITION BY record_id) AS is_its_date
FROM dated;

CREATE TABLE agreement_rows AS
SELECT
    t.record_id AS agreement_id,
    arg_min(t.title, (t.instrument IN ('agreement', 'memorandum', 'other'), t.rank)) AS title,
    arg_min(t.instrument, (t.instrument IN ('agreement', 'memorandum', 'other'), -t.instrument_votes, t.rank)) AS instrument,
    arg_min(
        {'date': t.date, 'first': t.date_start, 'last': t.date_end}, (-t.precision, -t.date_votes, t.days_after, t.rank)
    ) FILTER (WHERE d.is_its_date) AS made,
    arg_min(t.place, (is_state_name(t.place), -t.place_votes, t.days_after, t.rank)) FILTER (WHERE t.place IS NOT NULL) AS place,
    coalesce(arg_min(t.instruments, (-t.count_votes, t.days_after, t.rank)) FILTER (WHERE t.instruments IS NOT NULL), 1) AS instruments,
    list_sort(list_distinct(flatten(list(t.fields)))) AS fields,
    min(b.binding) AS binding,
    count(DISTINCT t.source_id) AS sources,
    count(DISTINCT t.origin) AS origins
FROM weighed AS t
LEFT JOIN (
    SELECT mention_id, min(value = 'true') AS binding FROM raw_statements WHERE field = 'binding' GROUP BY mention_id
) AS b ON t.mention_id = b.mention_id
LEFT JOIN agreement_dates AS d ON t.mention_id = d.mention_id
WHERE t.record_type = 'agreement'
GROUP BY t.record_id;

CREATE TABLE agreements AS
SELECT
    a.agreement_id,
    a.title,
    a.instrument,
    s.status,
    a.made.date,
    a.made.first AS date_start,
    a.made.last AS date_end,
    a.place,
    a.instruments,
    a.fields,
    a.binding,
    a.sources,
    a.origins,
    c.confidence
FROM agreement_rows AS a
INNER JOIN agreement_status AS s ON a.agreement_id = s.agreement_id
INNER JOIN record_confidence AS c ON a.agreement_id = c.record_id;

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
