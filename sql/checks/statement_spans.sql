-- Every statement has a span that is not empty, and its quote (where it may be published) is as long as that span.
SELECT
    statement_id,
    source_id,
    start,
    "end",
    quote
FROM statements
WHERE start >= "end" OR length(quote) != "end" - start
ORDER BY statement_id;
