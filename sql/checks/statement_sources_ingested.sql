-- Statements and citations come only from documents that were read.
WITH tellers AS (
    SELECT DISTINCT source_id
    FROM statements
    UNION
    SELECT DISTINCT citing_source_id AS source_id
    FROM citations
)

SELECT
    sources.source_id,
    sources.status
FROM sources
SEMI JOIN tellers ON sources.source_id = tellers.source_id
WHERE sources.status = 'cited'
ORDER BY sources.source_id;
