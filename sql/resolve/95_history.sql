-- The trail of ids: all that the release before says, and what this one adds. `version` is filled in when the release gets its number.

CREATE TABLE living AS
SELECT 'event' AS record_type, event_id AS id FROM events
UNION ALL
SELECT 'agreement', agreement_id FROM agreements
UNION ALL
SELECT 'actor', actor_id FROM actors
UNION ALL
SELECT 'source', source_id FROM sources
UNION ALL
SELECT 'statement', statement_id FROM statements;

CREATE TABLE previous_labels AS
SELECT 'event' AS record_type, e.event_id AS id, concat_ws(', ', e.type, p.countries, e.date) AS label
FROM previous_events AS e
LEFT JOIN (
    SELECT event_id, string_agg(DISTINCT country, '+' ORDER BY country) AS countries FROM previous_event_participants GROUP BY event_id
) AS p ON e.event_id = p.event_id
UNION ALL
SELECT 'agreement', a.agreement_id, concat_ws(', ', a.instrument, p.countries, a.date)
FROM previous_agreements AS a
LEFT JOIN (
    SELECT agreement_id, string_agg(DISTINCT country, '+' ORDER BY country) AS countries FROM previous_agreement_parties GROUP BY agreement_id
) AS p ON a.agreement_id = p.agreement_id
UNION ALL
SELECT 'actor', actor_id, actor_label(name, kind, country) FROM previous_actors
UNION ALL
SELECT 'source', source_id, coalesce(title, publisher, url, source_id) FROM previous_sources
UNION ALL
SELECT 'statement', statement_id, concat_ws(' ', field, value, 'of', record_id) FROM previous_statements;

CREATE TABLE moves AS
SELECT * FROM record_moves
UNION ALL
SELECT * FROM actor_moves
UNION ALL
SELECT
    'source',
    p.source_id,
    coalesce(min(s.source_id) FILTER (WHERE s.sha256 = p.sha256), min(s.source_id)) AS new_id,
    CASE WHEN count(s.source_id) > 0 THEN 'renamed' ELSE 'retracted' END
FROM previous_sources AS p
LEFT JOIN sources AS s ON p.sha256 = s.sha256 OR p.url = s.url
WHERE p.source_id NOT IN (SELECT source_id FROM sources)
GROUP BY p.source_id
UNION ALL
SELECT 'statement', p.id AS old_id, NULL AS new_id, 'retracted' AS reason
FROM previous_ids AS p
WHERE p.record_type = 'statement' AND p.id NOT IN (SELECT statement_id FROM statements)
UNION ALL
SELECT d.record_type, d.id AS old_id, v.id AS new_id, 'restored' AS reason
FROM dead_ids AS d
INNER JOIN living AS v ON d.record_type = v.record_type AND d.id = v.id;

CREATE TABLE id_history AS
WITH RECURSIVE trail AS (
    SELECT record_type, old_id, entry, version, reason, new_id, label FROM previous_id_history
    UNION ALL
    SELECT
        m.record_type,
        m.old_id,
        coalesce(h.entries, 0) + row_number() OVER (PARTITION BY m.record_type, m.old_id ORDER BY m.reason, m.new_id),
        NULL,
        m.reason,
        m.new_id,
        coalesce(p.label, d.label)
    FROM moves AS m
    LEFT JOIN (SELECT record_type, old_id, max(entry) AS entries FROM previous_id_history GROUP BY ALL) AS h
        ON m.record_type = h.record_type AND m.old_id = h.old_id
    LEFT JOIN previous_labels AS p ON m.record_type = p.record_type AND m.old_id = p.id
    LEFT JOIN dead_ids AS d ON m.record_type = d.record_type AND m.old_id = d.id
),
-- where the last entry of an id that is gone leads
next AS (
    SELECT t.record_type, t.old_id, arg_max({'id': t.new_id}, t.entry) AS at
    FROM trail AS t
    WHERE t.reason NOT IN ('split', 'restored') AND NOT EXISTS (SELECT 1 FROM living AS v WHERE v.record_type = t.record_type AND v.id = t.old_id)
    GROUP BY t.record_type, t.old_id
),
steps AS (
    SELECT DISTINCT record_type, old_id, old_id AS id FROM trail
    UNION
    SELECT s.record_type, s.old_id, n.at.id FROM steps AS s INNER JOIN next AS n ON s.record_type = n.record_type AND s.id = n.old_id
),
ends AS (
    SELECT s.record_type, s.old_id, s.id AS end_id FROM steps AS s INNER JOIN living AS v ON s.record_type = v.record_type AND s.id = v.id
)
SELECT t.*, e.end_id AS current_id
FROM trail AS t
LEFT JOIN ends AS e ON t.record_type = e.record_type AND t.old_id = e.old_id;
