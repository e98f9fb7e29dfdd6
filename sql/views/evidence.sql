-- The passages behind every record: one row a statement with what it supports, the words of the document, whom the
-- document quotes for it, and the title, publisher, day and address of the document. Filter by record_id.
--
-- record_type: statements.record_type
-- record_id: statements.record_id
-- field: statements.field
-- value: statements.value
-- quote: statements.quote
-- attributed_to: Name of the actor whom the document quotes for it. Null where the document says it in its own voice.
-- source_title: sources.title
-- publisher: sources.publisher
-- published: sources.published
-- url: sources.url
-- license: sources.license
-- source_id: statements.source_id
-- start: statements.start
-- end: statements.end
-- sha256: sources.sha256
-- rule: statements.rule
-- statement_id: statements.statement_id
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
