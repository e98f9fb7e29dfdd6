-- Which sources the documents draw on: whether in a list of sources (declared) or in a sentence (in_text), and how many of the documents do.
SELECT
    coalesce(cited.title, cited.source_id) AS source,
    cited.kind,
    citations.basis,
    count(DISTINCT citations.citing_source_id) AS documents
FROM citations
INNER JOIN sources AS cited ON citations.cited_source_id = cited.source_id
GROUP BY ALL
ORDER BY documents DESC, source, citations.basis;
