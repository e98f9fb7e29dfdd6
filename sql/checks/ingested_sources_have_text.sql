-- A document that was read has a language, a length and the hash of its text; one that was not has no hash.
SELECT
    source_id,
    status,
    language,
    words,
    sha256
FROM sources
WHERE
    CASE
        WHEN status != 'cited' THEN language IS NULL OR words IS NULL OR sha256 IS NULL
        ELSE sha256 IS NOT NULL
    END
ORDER BY source_id;
