-- Actors, one row each: the fullest name, the office stated last.

-- which actor a key of one document means
CREATE TABLE actor_of AS
SELECT m.source_id, m.document, m.key, min(a.actor_id) AS actor_id
FROM actor_mentions AS m
INNER JOIN actor_map AS a ON m.key = a.key AND m.country IS NOT DISTINCT FROM a.said_country
GROUP BY m.source_id, m.document, m.key;

CREATE TABLE actors AS
WITH told AS (
    SELECT o.actor_id, m.*, coalesce(p.actor_id, m.parent) AS parent_id, d.published
    FROM actor_mentions AS m
    INNER JOIN actor_of AS o ON m.source_id = o.source_id AND m.key = o.key
    INNER JOIN documents AS d ON m.source_id = d.source_id
    LEFT JOIN actor_ids AS p ON m.parent = p.fresh_id
)
SELECT
    actor_id,
    arg_max(name, (is_known, len(string_split(name, ' ')), length(name), name)) AS name,
    arg_max(kind, (is_known, kind)) AS kind,
    arg_max(country, (is_known, country)) FILTER (WHERE country IS NOT NULL) AS country,
    arg_max(office, (office_is_stated, coalesce(published, DATE '0001-01-01'), source_id, position)) FILTER (WHERE office IS NOT NULL) AS office,
    min(parent_id) AS parent_actor_id,
    min(wikidata_id) AS wikidata_id
FROM told
GROUP BY actor_id;
