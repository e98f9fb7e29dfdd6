-- Sources: the documents that were read, and what they cite.

CREATE TABLE sources AS
SELECT source_id, kind, title, publisher, url, language, published, revision, retrieved_at, sha256, words,
    CASE WHEN reachable THEN 'ingested' ELSE 'unreachable' END AS status, license
FROM documents
UNION ALL
SELECT s.source_id, s.kind, s.title, s.publisher, s.url, s.language, NULL, NULL, NULL, NULL, NULL, 'cited', s.license
FROM cited_sources AS s
WHERE s.source_id IN (SELECT cited_source_id FROM citations);
