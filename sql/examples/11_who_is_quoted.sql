-- Who is quoted, and for how much: those whose words stand behind a cell, by how many records rest on them alone.
WITH voices AS (
    SELECT
        record_id,
        count(DISTINCT coalesce(attributed_to, '')) AS voices,
        any_value(attributed_to) AS voice
    FROM statements
    WHERE record_type IN ('event', 'agreement') AND field IN ('type', 'instrument')
    GROUP BY record_id
)

SELECT
    actors.name,
    actors.kind,
    actors.country,
    count(*) AS records_on_this_word_alone
FROM voices
INNER JOIN actors ON voices.voice = actors.actor_id
WHERE voices.voices = 1
GROUP BY ALL
ORDER BY records_on_this_word_alone DESC, actors.name;
