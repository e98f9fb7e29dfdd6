-- Every cell of every telling, now under the id of its record and with actors and agreements under theirs. `cell` is the id that a
-- statement of it gets where nobody bears that one.

CREATE MACRO content_of(record_type, record_id, field, value, source_id, first, last) AS
concat_ws('|', record_type, record_id, field, value, source_id, first, last);

CREATE MACRO statement_hash(content, copy) AS 'st-' || sha256(content || CASE WHEN copy > 1 THEN '|' || copy ELSE '' END)[1:16];

CREATE TABLE told_cells AS
WITH names AS (
    SELECT document, key, actor_id FROM actor_of WHERE in_part(document)
),
mentioned AS (
    SELECT m.mention_id, n.actor_id
    FROM actor_mentions AS m
    INNER JOIN names AS n ON m.document = n.document AND m.key = n.key
    WHERE in_part(m.document)
),
spoken AS (
    SELECT r.* EXCLUDE (quote, attributed_to), CASE WHEN d.publish_quotes THEN r.quote END AS quote, said.actor_id AS attributed_to
    FROM raw_statements AS r
    INNER JOIN documents AS d ON r.source_id = d.source_id
    LEFT JOIN names AS said ON r.document = said.document AND r.attributed_to = said.key
    WHERE in_part(r.document)
),
resolved AS (
    SELECT
        r.record_type,
        CASE WHEN r.record_type = 'actor' THEN own.actor_id ELSE rec.record_id END AS record_id,
        CASE r.field WHEN 'field' THEN 'fields' ELSE r.field END AS field,
        CASE
            WHEN r.field IN ('participant', 'party') THEN member.actor_id
            WHEN r.field = 'agreement_id' THEN agr.record_id
            ELSE r.value
        END AS value,
        r.source_id, r.document, r.start, r.end, r.quote, r.attributed_to, r.rule
    FROM spoken AS r
    LEFT JOIN record_of AS rec ON r.mention_id = rec.mention_id
    LEFT JOIN mentioned AS own ON r.mention_id = own.mention_id
    LEFT JOIN names AS member ON r.document = member.document AND r.value = member.key
    LEFT JOIN record_of AS agr ON r.value = agr.mention_id
    WHERE
        r.field <> 'key'
        -- the date of a ratification is that of an event, and not that of the instrument
        AND NOT (r.record_type = 'agreement' AND r.field = 'date' AND r.mention_id IN (SELECT mention_id FROM agreement_dates WHERE NOT is_its_date))
    UNION ALL
    -- what an event says of its instrument: the steps of an agreement have their words too
    SELECT
        'agreement' AS record_type,
        s.agreement_id AS record_id,
        'status' AS field,
        s.status AS value,
        r.source_id, r.document, r.start, r.end, r.quote, r.attributed_to,
        'step:' || s.status || '/' || m.type AS rule
    FROM agreement_steps AS s
    INNER JOIN mentions AS m ON s.event_mention = m.mention_id
    INNER JOIN spoken AS r ON s.event_mention = r.mention_id AND r.field = 'status'
)
SELECT
    statement_hash(content_of(record_type, record_id, field, value, source_id, start, "end"), 1) AS cell,
    record_type,
    record_id,
    field,
    value,
    source_id,
    document,
    start,
    "end",
    min(quote) AS quote,
    min(attributed_to) AS attributed_to,
    min(rule) AS rule
FROM resolved
WHERE record_id IS NOT NULL AND value IS NOT NULL
GROUP BY ALL;
