-- Statements: every cell of every telling, now under the id of its record and with actors and agreements under theirs. A statement of the
-- release before keeps its id where it still says the same of the same record, though its record was merged or its text edited around it.

CREATE TABLE told_cells AS
WITH resolved AS (
    SELECT
        r.mention_id,
        r.record_type,
        CASE WHEN r.record_type = 'actor' THEN own.actor_id ELSE rec.record_id END AS record_id,
        CASE r.field WHEN 'field' THEN 'fields' ELSE r.field END AS field,
        CASE
            WHEN r.field IN ('participant', 'party') THEN member.actor_id
            WHEN r.field = 'agreement_id' THEN agr.record_id
            ELSE r.value
        END AS value,
        r.source_id,
        r.start,
        r.end,
        CASE WHEN d.publish_quotes THEN r.quote END AS quote,
        said.actor_id AS attributed_to,
        r.rule
    FROM raw_statements AS r
    INNER JOIN documents AS d ON r.source_id = d.source_id
    LEFT JOIN record_of AS rec ON r.mention_id = rec.mention_id
    LEFT JOIN actor_mentions AS me ON r.mention_id = me.mention_id
    LEFT JOIN actor_of AS own ON me.source_id = own.source_id AND me.key = own.key
    LEFT JOIN actor_of AS member ON r.source_id = member.source_id AND r.value = member.key
    LEFT JOIN record_of AS agr ON r.value = agr.mention_id
    LEFT JOIN actor_of AS said ON r.source_id = said.source_id AND r.attributed_to = said.key
    WHERE
        r.field <> 'key'
        -- the date of a ratification is that of an event, and not that of the instrument
        AND NOT (r.record_type = 'agreement' AND r.field = 'date' AND r.mention_id IN (SELECT mention_id FROM agreement_dates WHERE NOT is_its_date))
    UNION ALL
    -- what an event says of its instrument: the steps of an agreement have their words too
    SELECT
        s.event_mention AS mention_id,
        'agreement' AS record_type,
        s.agreement_id AS record_id,
        'status' AS field,
        s.status AS value,
        r.source_id,
        r.start,
        r.end,
        CASE WHEN d.publish_quotes THEN r.quote END AS quote,
        said.actor_id AS attributed_to,
        'step:' || s.status || '/' || m.type AS rule
    FROM agreement_steps AS s
    INNER JOIN mentions AS m ON s.event_mention = m.mention_id
    INNER JOIN raw_statements AS r ON s.event_mention = r.mention_id AND r.field = 'status'
    INNER JOIN documents AS d ON r.source_id = d.source_id
    LEFT JOIN actor_of AS said ON r.source_id = said.source_id AND r.attributed_to = said.key
)
SELECT
    concat_ws('|', record_type, record_id, field, value, source_id, start, "end") AS content,
    record_type,
    record_id,
    field,
    value,
    source_id,
    start,
    "end",
    min(quote) AS quote,
    min(attributed_to) AS attributed_to,
    min(rule) AS rule
FROM resolved
WHERE record_id IS NOT NULL AND value IS NOT NULL
GROUP BY ALL;

CREATE MACRO statement_hash(content, copy) AS 'st-' || sha256(content || CASE WHEN copy > 1 THEN '|' || copy ELSE '' END)[1:16];

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
SELECT c.content, min(p.statement_id) AS statement_id
FROM told_cells AS c
INNER JOIN previous_told AS p
    ON c.record_type = p.record_type AND c.record_id = p.record_id AND c.field = p.field AND c.value = p.value
    AND c.source_id = p.source_id AND c.start = p.start AND c.end = p.end AND p.same_text
GROUP BY c.content;

-- the same passage, of a part that its record was split into
INSERT INTO statements_kept
SELECT c.content, min(p.statement_id)
FROM told_cells AS c
INNER JOIN previous_told AS p
    ON c.record_type = p.record_type AND c.field = p.field AND c.value = p.value
    AND c.source_id = p.source_id AND c.start = p.start AND c.end = p.end AND p.same_text
INNER JOIN (SELECT * FROM record_moves UNION ALL SELECT * FROM actor_moves) AS m
    ON m.reason = 'split' AND m.record_type = p.record_type AND m.old_id = p.old_record_id AND m.new_id = c.record_id
WHERE c.content NOT IN (SELECT content FROM statements_kept) AND p.statement_id NOT IN (SELECT statement_id FROM statements_kept)
GROUP BY c.content
QUALIFY row_number() OVER (PARTITION BY min(p.statement_id) ORDER BY c.content) = 1;

-- the same words elsewhere in the same document, in their order
INSERT INTO statements_kept
WITH lost AS (
    SELECT *, row_number() OVER (PARTITION BY record_type, record_id, field, value, source_id ORDER BY start, "end", statement_id) AS place
    FROM previous_told
    WHERE statement_id NOT IN (SELECT statement_id FROM statements_kept)
),
found AS (
    SELECT *, row_number() OVER (PARTITION BY record_type, record_id, field, value, source_id ORDER BY start, "end", content) AS place
    FROM told_cells
    WHERE content NOT IN (SELECT content FROM statements_kept)
)
SELECT f.content, l.statement_id
FROM found AS f
INNER JOIN lost AS l
    ON f.record_type = l.record_type AND f.record_id = l.record_id AND f.field = l.field AND f.value = l.value
    AND f.source_id = l.source_id AND f.place = l.place;

CREATE TABLE statements AS
WITH RECURSIVE turns AS (
    SELECT content, 1 AS copy FROM told_cells WHERE content NOT IN (SELECT content FROM statements_kept)
    UNION ALL
    SELECT t.content, t.copy + 1
    FROM turns AS t
    INNER JOIN previous_ids AS p ON p.record_type = 'statement' AND statement_hash(t.content, t.copy) = p.id
),
named AS (
    SELECT content, statement_id FROM statements_kept
    UNION ALL
    SELECT content, statement_hash(content, max(copy)) FROM turns GROUP BY content
)
SELECT n.statement_id, c.* EXCLUDE (content)
FROM told_cells AS c
INNER JOIN named AS n ON c.content = n.content;
