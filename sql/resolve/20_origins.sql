-- Origins: documents that lead back to one wire report are one origin. A document leads back to the wire that it cites, where it cites
-- only one; documents that share long passages (copies) to what the one of them that cites a wire leads back to, else to the first of
-- them; a statement that quotes a medium leads back to that medium.

CREATE TABLE document_origin AS
WITH wires AS (
    SELECT c.citing_source_id AS source_id, count(DISTINCT s.origin) AS n, min(s.origin) AS origin
    FROM citations AS c
    INNER JOIN cited_sources AS s ON c.cited_source_id = s.source_id
    INNER JOIN documents AS d ON c.citing_source_id = d.source_id
    -- an encyclopedia page with one wire among its many references is no echo of that wire
    WHERE s.kind = 'wire' AND d.kind <> 'encyclopedia'
    GROUP BY c.citing_source_id
),
families AS (
    SELECT p.original, min(w.origin) FILTER (WHERE w.n = 1) AS origin
    FROM copies AS p
    LEFT JOIN wires AS w ON p.source_id = w.source_id
    GROUP BY p.original
)
SELECT d.source_id, CASE WHEN w.n = 1 THEN w.origin ELSE coalesce(f.origin, p.original) END AS origin
FROM documents AS d
INNER JOIN copies AS p ON d.source_id = p.source_id
INNER JOIN families AS f ON p.original = f.original
LEFT JOIN wires AS w ON d.source_id = w.source_id;
