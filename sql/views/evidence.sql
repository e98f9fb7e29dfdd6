-- The passages behind every record: one row a statement with what it supports, the words of the document, whom the
-- document quotes for it, and the title, publisher, day and address of the document. Filter by record_id.
CREATE VIEW evidence AS
SELECT
    statements.record_type,
    statements.record_id,
    statements.field,
    statements.value,
    statements.quote,
    speakers.name AS attributed_to,
    sources.title AS source_title,
    sources.publisher,
    sources.published,
    sources.url,
    sources.license,
    statements.source_id,
    statements.start,
    statements."end",
    sources.sha256,
    statements.rule,
    statements.statement_id
FROM statements
INNER JOIN sources ON statements.source_id = sources.source_id
LEFT JOIN actors AS speakers ON statements.attributed_to = speakers.actor_id
ORDER BY statements.record_type, statements.record_id, statements.field, statements.source_id, statements.start;
