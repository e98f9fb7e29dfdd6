-- Every citation has a span that is not empty, and no document cites itself.
SELECT
    citing_source_id,
    cited_source_id,
    basis,
    start,
    "end"
FROM citations
WHERE start >= "end" OR citing_source_id = cited_source_id
ORDER BY citing_source_id, cited_source_id, start;
