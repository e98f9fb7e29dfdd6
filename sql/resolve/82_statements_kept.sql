-- Statements: every cell of every telling, now under the id of its record and with actors and agreements under theirs. A statement of the
-- release before keeps its id where it still says the same of the same record, though its record was merged or its text edited around it.

-- what each record of the release before is now: itself, or what it was merged into
CREATE TABLE became AS
SELECT record_type, old_id, new_id FROM record_moves WHERE reason = 'merged'
UNION ALL
SELECT record_type, old_id, new_id FROM actor_moves WHERE reason = 'merged'
UNION ALL
SELECT p.record_type, p.id AS old_id, p.id AS new_id -- noqa: AL08
FROM previous_ids AS p
WHERE (p.record_type, p.id) IN (SELECT (record_type, record_id) FROM record_ids UNION ALL SELECT ('actor', actor_id) FROM actor_ids);

CREATE TABLE previous_told AS
SELECT
    p.statement_id,
    p.record_type,
    b.new_id AS record_id,
    p.record_id AS old_record_id,
    p.field,
    CASE WHEN p.field IN ('participant', 'party', 'agreement_id') THEN v.new_id ELSE p.value END AS value,
    coalesce(same.source_id, p.source_id) AS source_id,
    same.source_id IS NOT NULL AS same_text,
    p.start,
    p.end
FROM previous_statements AS p
INNER JOIN previous_sources AS s ON p.source_id = s.source_id
LEFT JOIN documents AS same ON s.sha256 = same.sha256
LEFT JOIN became AS b ON p.record_type = b.record_type AND p.record_id = b.old_id
LEFT JOIN became AS v ON v.record_type = CASE WHEN p.field = 'agreement_id' THEN 'agreement' ELSE 'actor' END AND p.value = v.old_id;

-- word for word the same
CREATE TABLE statements_kept AS
SELECT c.cell, min(p.statement_id) AS statement_id
FROM told_cells AS c
INNER JOIN previous_told AS p
    ON c.record_type = p.record_type AND c.record_id = p.record_id AND c.field = p.field AND c.value = p.value
    AND c.source_id = p.source_id AND c.start = p.start AND c.end = p.end AND p.same_text
GROUP BY c.cell;

-- the same passage, of a part that its record was split into
INSERT INTO statements_kept
SELECT c.cell, min(p.statement_id)
FROM told_cells AS c
INNER JOIN previous_told AS p
    ON c.record_type = p.record_type AND c.field = p.field AND c.value = p.value
    AND c.source_id = p.source_id AND c.start = p.start AND c.end = p.end AND p.same_text
INNER JOIN (SELECT * FROM record_moves UNION ALL SELECT * FROM actor_moves) AS m
    ON m.reason = 'split' AND m.record_type = p.record_type AND m.old_id = p.old_record_id AND m.new_id = c.record_id
WHERE c.cell NOT IN (SELECT cell FROM statements_kept) AND p.statement_id NOT IN (SELECT statement_id FROM statements_kept)
GROUP BY c.cell
QUALIFY row_number() OVER (PARTITION BY min(p.statement_id) ORDER BY min(c.record_id)) = 1;

-- the same words elsewhere in the same document, in their order
INSERT INTO statements_kept
WITH lost AS (
    SELECT *, row_number() OVER (PARTITION BY record_type, record_id, field, value, source_id ORDER BY start, "end", statement_id) AS place
    FROM previous_told
    WHERE statement_id NOT IN (SELECT statement_id FROM statements_kept)
),
found AS (
    SELECT *, row_number() OVER (PARTITION BY record_type, record_id, field, value, source_id ORDER BY start, "end", cell) AS place
    FROM told_cells
    WHERE cell NOT IN (SELECT cell FROM statements_kept)
)
SELECT f.cell, l.statement_id
FROM found AS f
INNER JOIN lost AS l
    ON f.record_type = l.record_type AND f.record_id = l.record_id AND f.field = l.field AND f.value = l.value
    AND f.source_id = l.source_id AND f.place = l.place;

-- an id that was somebody else's is not given again
CREATE TABLE statements_numbered AS
WITH RECURSIVE taken AS (
    SELECT id FROM previous_ids WHERE record_type = 'statement'
),
turns AS (
    SELECT c.cell, content_of(c.record_type, c.record_id, c.field, c.value, c.source_id, c.start, c.end) AS content, 1 AS copy
    FROM told_cells AS c
    WHERE c.cell IN (SELECT id FROM taken) AND c.cell NOT IN (SELECT cell FROM statements_kept)
    UNION ALL
    SELECT t.cell, t.content, t.copy + 1
    FROM turns AS t
    INNER JOIN taken AS p ON statement_hash(t.content, t.copy) = p.id
)
SELECT cell, statement_hash(content, max(copy)) AS statement_id
FROM turns
GROUP BY cell, content;
