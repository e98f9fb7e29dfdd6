-- The release before, where there is one (else its tables are empty): which of its ids are in use, and which passages stood behind
-- its records. A passage is the same where its text is (by hash) and its characters are, whatever name the document bears now.

CREATE TABLE previous_cells AS
SELECT DISTINCT p.record_type, p.record_id AS old_id, p.source_id, s.sha256, p.field, p.value, p.start, p.end
FROM previous_statements AS p
INNER JOIN previous_sources AS s ON p.source_id = s.source_id;

CREATE TABLE previous_ids AS
SELECT 'event' AS record_type, event_id AS id FROM previous_events
UNION ALL
SELECT 'agreement', agreement_id FROM previous_agreements
UNION ALL
SELECT 'actor', actor_id FROM previous_actors
UNION ALL
SELECT 'source', source_id FROM previous_sources
UNION ALL
SELECT 'statement', statement_id FROM previous_statements;

-- ids that were published once and are so no longer
CREATE TABLE dead_ids AS
SELECT record_type, old_id AS id, arg_max(label, entry) AS label
FROM previous_id_history
WHERE (record_type, old_id) NOT IN (SELECT (record_type, id) FROM previous_ids)
GROUP BY record_type, old_id;
