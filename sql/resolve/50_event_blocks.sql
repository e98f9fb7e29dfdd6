-- Which mentions of events are compared: blocks that are joined by equal keys alone, so that the work grows with the mentions and the size of a block,
-- not with their square. A pair that is in no block fails one of the conditions of the next file whatever else it has.

CREATE MACRO kin_block(type, status) AS
CASE WHEN type IN ('meet', 'visit', 'negotiate') THEN 'talks' ELSE type END || CASE WHEN status IN ('denied', 'hypothetical') THEN ' ' || status ELSE '' END;

CREATE MACRO months_of(first, last) AS list_transform(
    generate_series(date_trunc('month', first::DATE), date_trunc('month', last::DATE), INTERVAL 1 MONTH),
    lambda month: strftime(month, '%Y-%m')
);

CREATE MACRO days_of(first, last) AS list_transform(
    generate_series(first::DATE, last::DATE, INTERVAL 1 DAY), lambda day: strftime(day, '%Y-%m-%d')
);

CREATE MACRO marked(mark, keys) AS list_transform(keys, lambda key: mark || key);

CREATE MACRO of_any_year(months) AS list_transform(months, lambda month: month[6:7]);

-- a day, or some that follow each other
CREATE MACRO is_short(date_precision, first, last) AS date_precision = 3 AND date_diff('day', first, last) <= 31;

-- What a date looks for among those that are told at least as precisely (a mention joins a better-told one), and what it is found by:
-- ' ' a day, which meets that day; '~' a month of a longer time; '/' a month, which meets whatever is in it; '?' a month of any year, for what
-- is told without a year; '!' the same, for the months that may be that one; '=' a year or a decade, which meets itself
CREATE MACRO looks_for(edtf, date_precision, first, last) AS CASE
    WHEN edtf IS NULL THEN []
    WHEN date_precision = 1 THEN ['=' || edtf]
    WHEN first IS NULL THEN ['?' || edtf[6:7]]
    WHEN is_short(date_precision, first, last) THEN marked(' ', days_of(first, last)) || marked('~', months_of(first, last))
    ELSE marked('/', months_of(first, last)) || marked('!', of_any_year(months_of(first, last)))
END;

CREATE MACRO is_found_by(edtf, date_precision, first, last) AS CASE
    WHEN edtf IS NULL THEN []
    WHEN date_precision = 1 THEN ['=' || edtf]
    WHEN first IS NULL THEN ['?' || edtf[6:7], '!' || edtf[6:7]]
    ELSE CASE WHEN is_short(date_precision, first, last) THEN marked(' ', days_of(first, last)) ELSE marked('~', months_of(first, last)) END
        || marked('/', months_of(first, last)) || marked('?', of_any_year(months_of(first, last)))
END;

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
        looks_for(m.date, m.precision, m.date_start, m.date_end) AS child_keys,
        is_found_by(m.date, m.precision, m.date_start, m.date_end) AS parent_keys
    FROM mentions AS m, unnest(m.countries) AS c (country)
    WHERE m.record_type = 'event'
)
-- one document
SELECT mention_id, rank, 'in ' || source_id || ' ' || side AS key, TRUE AS is_child, TRUE AS is_parent
FROM sides
UNION ALL
-- two documents that both tell a date
SELECT mention_id, rank, side || key, list_contains(child_keys, key), list_contains(parent_keys, key)
FROM (SELECT *, unnest(list_distinct(child_keys || parent_keys)) AS key FROM sides) AS dated
UNION ALL
-- two documents of which one tells none: the same person at the same place
SELECT m.mention_id, m.rank, 'at ' || m.place || ' ' || p.person || ' ' || kin_block(m.type, m.status), m.date IS NULL, TRUE
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
    SELECT s.mention_id, s.key, s.is_child AND s.rank % (1 + s.n // many()) = p.place AS is_child, s.is_parent, p.place
    FROM sized AS s, unnest(range(1 + s.n // many())) AS p (place)
    WHERE s.n > 1 AND s.has_both
)
SELECT dense_rank() OVER (ORDER BY key, place) AS block, mention_id, is_child, is_parent
FROM placed
WHERE is_child OR is_parent;
