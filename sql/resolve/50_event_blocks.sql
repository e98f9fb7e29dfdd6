-- Which mentions of events are compared: blocks that are joined by equal keys alone, so that the work grows with the mentions and the size of a block,
-- not with their square. A pair that is in no block fails one of the conditions of the next file whatever else it has.

CREATE MACRO kin_block(type, status) AS
CASE WHEN type IN ('meet', 'visit', 'negotiate') THEN 'talks' ELSE type END || CASE WHEN status IN ('denied', 'hypothetical') THEN ' ' || status ELSE '' END;

CREATE MACRO months_of(first, last) AS list_transform(
    generate_series(date_trunc('month', first::DATE), date_trunc('month', last::DATE), INTERVAL 1 MONTH),
    lambda month: strftime(month, '%Y-%m')
);

CREATE MACRO without_year(mark, months) AS list_transform(months, lambda month: mark || month[6:7]);

-- which instrument an event is about
CREATE TABLE event_agreements AS
SELECT m.mention_id, a.root AS agreement
FROM mentions AS m
INNER JOIN agreement_clusters AS a ON m.agreement_mention = a.mention_id
WHERE m.record_type = 'event';

CREATE TABLE event_keys AS
WITH sides AS (
    SELECT
        m.mention_id,
        m.rank,
        m.source_id,
        kin_block(m.type, m.status) || ' ' || c.country AS side,
        -- a date with its year: its months; a year or a decade: itself; without a year: the month of the year, which meets that of any year
        CASE
            WHEN m.date IS NULL THEN []
            WHEN m.precision = 1 THEN ['= ' || m.date]
            WHEN m.date_start IS NULL THEN ['? ' || m.date[6:7]]
            ELSE months_of(m.date_start, m.date_end) || without_year('! ', months_of(m.date_start, m.date_end))
        END AS child_keys,
        CASE
            WHEN m.date IS NULL THEN []
            WHEN m.precision = 1 THEN ['= ' || m.date]
            WHEN m.date_start IS NULL THEN ['? ' || m.date[6:7], '! ' || m.date[6:7]]
            ELSE months_of(m.date_start, m.date_end) || without_year('? ', months_of(m.date_start, m.date_end))
        END AS parent_keys
    FROM mentions AS m, unnest(m.countries) AS c (country)
    WHERE m.record_type = 'event'
)
-- one document
SELECT mention_id, rank, 'in ' || source_id || ' ' || side AS key, TRUE AS is_child, TRUE AS is_parent
FROM sides
UNION ALL
-- two documents that both tell a date
SELECT mention_id, rank, side || ' ' || key, list_contains(child_keys, key), list_contains(parent_keys, key)
FROM (SELECT *, unnest(list_distinct(child_keys || parent_keys)) AS key FROM sides) AS dated
UNION ALL
-- two documents of which one tells none: the same person at the same place
SELECT m.mention_id, m.rank, 'at ' || m.place || ' ' || p.person || ' ' || kin_block(m.type, m.status), TRUE, TRUE
FROM mentions AS m, unnest(m.persons) AS p (person)
WHERE m.record_type = 'event' AND m.place IS NOT NULL;

-- A block that has many is looked through in several, each with some of them as children and all as parents.
CREATE TABLE event_blocks AS
WITH sized AS (
    SELECT
        mention_id, key, rank, is_child, is_parent,
        count(*) OVER (PARTITION BY key) AS n,
        bool_or(is_child) OVER (PARTITION BY key) AND bool_or(is_parent) OVER (PARTITION BY key) AS has_both
    FROM event_keys
),
placed AS (
    SELECT s.mention_id, s.key, s.rank, s.is_child AND s.rank % (1 + s.n // many()) = p.place AS is_child, s.is_parent, p.place
    FROM sized AS s, unnest(range(1 + s.n // many())) AS p (place)
    WHERE s.n > 1 AND s.has_both
)
SELECT dense_rank() OVER (ORDER BY key, place) AS block, mention_id, rank, is_child, is_parent
FROM placed
WHERE is_child OR is_parent;
