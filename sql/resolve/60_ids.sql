-- Ids of records. Where the release before has the record, its id is carried over: a record is the same when a passage that told it there
-- tells it here. What is new is named by its content, of what the first telling says (the earliest published document, then its name and
-- place in the text): a dated record by type, sides and date alone, an undated one also by its document and words.

CREATE TABLE record_contents AS
WITH told AS (
    SELECT
        c.root,
        m.record_type,
        m.record_type || '|' || coalesce(m.type, m.instrument) || '|' || array_to_string(m.countries, '+') || '|' || coalesce(m.date, '')
        || CASE WHEN m.date IS NOT NULL THEN '' ELSE '|' || m.source_id || '|' || q.quote END AS content,
        (coalesce(m.published, DATE '9999-12-31'), m.source_id, m.position, m.mention_id) AS told_at
    FROM clusters AS c
    INNER JOIN mentions AS m ON c.mention_id = m.mention_id
    INNER JOIN (
        SELECT mention_id, min(quote) AS quote FROM raw_statements WHERE field IN ('type', 'instrument') GROUP BY mention_id
    ) AS q ON m.mention_id = q.mention_id
)
SELECT root, record_type, arg_min(content, told_at) AS content, min(told_at) AS first_at
FROM told
GROUP BY root, record_type;

CREATE MACRO content_id(record_type, content, copy) AS CASE record_type WHEN 'event' THEN 'evt-' ELSE 'agr-' END
|| sha256(content || CASE WHEN copy > 1 THEN '|' || copy ELSE '' END)[1:12];

-- A trigger at the same place of the same text is the same telling; where one trigger tells of several records, their other cells decide.
CREATE TABLE record_evidence AS
WITH same AS (
    SELECT p.record_type, p.old_id, n.root, p.field, p.value = n.value AS is_equal
    FROM previous_cells AS p
    INNER JOIN cluster_cells AS n
        ON p.record_type = n.record_type AND p.sha256 = n.sha256 AND p.field = n.field AND p.start = n.start AND p.end = n.end
)
SELECT record_type, old_id, root, count(*) + count(*) FILTER (WHERE is_equal) AS n
FROM same
GROUP BY record_type, old_id, root
HAVING bool_or(field IN ('type', 'instrument'));

-- the cluster that has most of each record of the release before
CREATE TABLE record_heirs AS
SELECT
    e.record_type,
    e.old_id,
    arg_min(e.root, (-e.n, content_id(e.record_type, c.content, 1) <> e.old_id, c.first_at)) AS root,
    max(e.n) AS n
FROM record_evidence AS e
INNER JOIN record_contents AS c ON e.root = c.root
GROUP BY e.record_type, e.old_id;

-- Where a text was edited its characters have moved, and where its only document went another may tell the same: what is left on both
-- sides is joined, one to one, by equal content, or by equal cells of the edited document, the nearest first.
CREATE TABLE record_likeness AS
WITH lost AS (
    SELECT p.*
    FROM previous_cells AS p
    WHERE p.record_type IN ('event', 'agreement') AND (p.record_type, p.old_id) NOT IN (SELECT (record_type, old_id) FROM record_heirs)
),
found AS (
    SELECT n.* FROM cluster_cells AS n WHERE n.root NOT IN (SELECT root FROM record_heirs)
),
shared AS (
    SELECT
        p.record_type,
        p.old_id,
        n.root,
        bool_or(p.field IN ('type', 'instrument')) AS same_kind,
        count(DISTINCT p.value) FILTER (WHERE p.field IN ('participant', 'party')) AS same_actors,
        bool_or(p.field = 'date') AS same_date,
        count(DISTINCT concat_ws('|', p.field, p.value)) AS n,
        min(abs(p.start - n.start)) AS distance
    FROM lost AS p
    INNER JOIN found AS n
        ON p.record_type = n.record_type AND p.source_id = n.source_id AND p.sha256 <> n.sha256 AND p.field = n.field AND p.value = n.value
    GROUP BY p.record_type, p.old_id, n.root
),
sizes AS (
    SELECT
        old_id,
        count(DISTINCT value) FILTER (WHERE field IN ('participant', 'party')) AS actors,
        bool_or(field = 'date') AS has_date
    FROM lost
    GROUP BY old_id
),
dated AS (
    SELECT root, bool_or(field = 'date') AS has_date FROM found GROUP BY root
),
pairs AS (
    SELECT s.record_type, s.old_id, s.root, s.n, s.distance
    FROM shared AS s
    INNER JOIN sizes AS z ON s.old_id = z.old_id
    INNER JOIN dated AS d ON s.root = d.root
    WHERE s.same_kind AND s.same_actors > 0 AND (s.same_date OR s.same_actors = z.actors OR NOT z.has_date OR NOT d.has_date)
    UNION ALL
    SELECT DISTINCT c.record_type, p.old_id, c.root, 1000, 0
    FROM lost AS p
    INNER JOIN record_contents AS c ON p.record_type = c.record_type AND content_id(c.record_type, c.content, 1) = p.old_id
    WHERE c.root NOT IN (SELECT root FROM record_heirs)
),
ranked AS (
    SELECT
        record_type,
        old_id,
        root,
        row_number() OVER (PARTITION BY old_id ORDER BY n DESC, distance, root) AS of_old,
        row_number() OVER (PARTITION BY root ORDER BY n DESC, distance, old_id) AS of_new
    FROM pairs
)
SELECT record_type, old_id, root FROM ranked WHERE of_old = 1 AND of_new = 1;

-- Of several records that became one, the one that its content names keeps its id, else the one with most of its passages.
CREATE TABLE records_carried AS
SELECT h.root, arg_min(h.old_id, (content_id(h.record_type, c.content, 1) <> h.old_id, -h.n, h.old_id)) AS record_id
FROM record_heirs AS h
INNER JOIN record_contents AS c ON h.root = c.root
GROUP BY h.root
UNION ALL
SELECT root, old_id FROM record_likeness;

-- New records take the first id of their content that nobody bears or bore in the release before; one that comes back gets its own again.
CREATE TABLE record_ids AS
WITH RECURSIVE unnamed AS (
    SELECT c.*, row_number() OVER (PARTITION BY c.content ORDER BY c.first_at) AS place
    FROM record_contents AS c
    WHERE c.root NOT IN (SELECT root FROM records_carried)
),
turns AS (
    SELECT record_type, content, count(*) AS wanted, 1 AS copy, 0 AS free FROM unnamed GROUP BY record_type, content
    UNION ALL
    SELECT
        t.record_type,
        t.content,
        t.wanted,
        t.copy + 1,
        t.free + CASE WHEN p.id IS NULL THEN 1 ELSE 0 END
    FROM turns AS t
    LEFT JOIN previous_ids AS p ON t.record_type = p.record_type AND content_id(t.record_type, t.content, t.copy) = p.id
    WHERE t.free + CASE WHEN p.id IS NULL THEN 1 ELSE 0 END < t.wanted
),
free_ids AS (
    SELECT t.record_type, t.content, t.free + 1 AS place, content_id(t.record_type, t.content, t.copy) AS record_id
    FROM turns AS t
    WHERE NOT EXISTS (SELECT 1 FROM previous_ids AS p WHERE p.record_type = t.record_type AND p.id = content_id(t.record_type, t.content, t.copy))
)
SELECT c.root, c.record_type, r.record_id
FROM records_carried AS r
INNER JOIN record_contents AS c ON r.root = c.root
UNION ALL
SELECT u.root, u.record_type, f.record_id
FROM unnamed AS u
INNER JOIN free_ids AS f ON u.record_type = f.record_type AND u.content = f.content AND u.place = f.place;

CREATE TABLE record_of AS
SELECT c.mention_id, r.record_type, r.record_id
FROM clusters AS c
INNER JOIN record_ids AS r ON c.root = r.root;

-- what became of the records of the release before (new_id null: nothing tells them any more), and what was part of one until now
CREATE TABLE record_moves AS
WITH old AS (
    SELECT * FROM previous_ids WHERE record_type IN ('event', 'agreement')
)
SELECT o.record_type, o.id AS old_id, r.record_id AS new_id, CASE WHEN r.record_id IS NULL THEN 'retracted' ELSE 'merged' END AS reason
FROM old AS o
LEFT JOIN record_heirs AS h ON o.record_type = h.record_type AND o.id = h.old_id
LEFT JOIN record_ids AS r ON h.root = r.root
WHERE (o.record_type, o.id) NOT IN (SELECT (record_type, record_id) FROM record_ids)
UNION ALL
SELECT r.record_type, arg_max(e.old_id, (e.n, e.old_id)), r.record_id, 'split'
FROM record_evidence AS e
INNER JOIN record_ids AS r ON e.root = r.root
WHERE (r.record_type, r.record_id) NOT IN (SELECT (record_type, id) FROM old)
GROUP BY r.record_type, r.record_id;
