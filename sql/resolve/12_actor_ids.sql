-- Ids of actors: readable names, each as the release before gave it. A group keeps the id that it would have anyway, unless that id was
-- somebody else's; a person who would now be named otherwise (a spelling told earlier, an entry in the lexicon) keeps the old id.

CREATE MACRO actor_label(name, kind, country) AS name || ' (' || concat_ws(', ', kind, country) || ')';

CREATE TABLE actor_faces AS
SELECT
    g.fresh_id,
    arg_max(m.kind, (m.is_known, m.kind)) AS kind,
    arg_max(m.country, (m.is_known, m.country)) FILTER (WHERE m.country IS NOT NULL) AS country
FROM actor_mentions AS m
INNER JOIN actor_groups AS g ON m.key = g.key AND m.country IS NOT DISTINCT FROM g.said_country
GROUP BY g.fresh_id;

-- the passages of a name that were an actor of the release before and are one of this: by their place in the text, or where the text
-- was edited by the name
CREATE TABLE actor_evidence AS
WITH told AS (
    SELECT DISTINCT g.fresh_id, d.sha256, m.source_id, r.start, r.end, r.value
    FROM actor_mentions AS m
    INNER JOIN actor_groups AS g ON m.key = g.key AND m.country IS NOT DISTINCT FROM g.said_country
    INNER JOIN documents AS d ON m.source_id = d.source_id
    INNER JOIN raw_statements AS r ON m.mention_id = r.mention_id AND r.field = 'name'
),
known AS (
    SELECT * FROM previous_cells WHERE record_type = 'actor' AND field = 'name'
)
SELECT old_id, fresh_id, count(*) AS n
FROM (
    SELECT p.old_id, t.fresh_id FROM told AS t INNER JOIN known AS p ON t.sha256 = p.sha256 AND t.start = p.start AND t.end = p.end
    UNION ALL
    SELECT p.old_id, t.fresh_id FROM told AS t INNER JOIN known AS p ON t.source_id = p.source_id AND t.sha256 <> p.sha256 AND t.value = p.value
) AS found
GROUP BY old_id, fresh_id;

CREATE TABLE actors_kept AS
SELECT f.fresh_id, p.actor_id AS old_id
FROM actor_faces AS f
INNER JOIN previous_actors AS p ON f.fresh_id = p.actor_id
LEFT JOIN actor_evidence AS e ON e.old_id = p.actor_id AND e.fresh_id = f.fresh_id
WHERE e.n IS NOT NULL OR coalesce(p.country = f.country, TRUE);

-- whom each actor of the release before has become, where it was not simply kept
CREATE TABLE actor_heirs AS
SELECT e.old_id, arg_max(e.fresh_id, (e.n, k.old_id IS NULL, e.fresh_id)) AS fresh_id, max(e.n) AS n
FROM actor_evidence AS e
LEFT JOIN actors_kept AS k ON e.fresh_id = k.fresh_id
WHERE e.old_id NOT IN (SELECT old_id FROM actors_kept)
GROUP BY e.old_id;

CREATE TABLE actor_ids AS
WITH carried AS (
    SELECT fresh_id, old_id AS actor_id FROM actors_kept
    UNION ALL
    SELECT h.fresh_id, arg_max(h.old_id, (h.n, h.old_id)) AS actor_id
    FROM actor_heirs AS h
    WHERE h.fresh_id NOT IN (SELECT fresh_id FROM actors_kept)
    GROUP BY h.fresh_id
),
unnamed AS (
    SELECT f.* FROM actor_faces AS f WHERE f.fresh_id NOT IN (SELECT fresh_id FROM carried)
),
-- an id is never given to somebody else; who comes back gets the old one
taken AS (
    SELECT id FROM previous_ids WHERE record_type = 'actor'
    UNION
    SELECT d.id
    FROM dead_ids AS d
    LEFT JOIN actor_faces AS f ON d.id = f.fresh_id
    WHERE d.record_type = 'actor' AND (f.fresh_id IS NULL OR regexp_extract(d.label, '\(([^()]*)\)$', 1) <> concat_ws(', ', f.kind, f.country))
),
candidates AS (
    SELECT fresh_id, fresh_id AS id, 0 AS turn FROM unnamed
    UNION ALL
    SELECT fresh_id, fresh_id || '-' || lower(country), 1 FROM unnamed WHERE country IS NOT NULL
    UNION ALL
    SELECT fresh_id, fresh_id || '-' || copy, copy
    FROM (
        SELECT u.fresh_id, unnest(range(2, count(*) + 3)) AS copy
        FROM unnamed AS u
        INNER JOIN (SELECT id FROM taken UNION ALL SELECT fresh_id FROM actor_faces) AS t ON starts_with(t.id, u.fresh_id)
        -- few: all others get their own, and are not compared with every id
        WHERE u.fresh_id IN (SELECT id FROM taken)
        GROUP BY u.fresh_id
    ) AS numbered
)
SELECT fresh_id, actor_id FROM carried
UNION ALL
SELECT c.fresh_id, arg_min(c.id, c.turn) AS actor_id
FROM candidates AS c
WHERE c.id NOT IN (SELECT id FROM taken) AND (c.turn = 0 OR c.id NOT IN (SELECT fresh_id FROM actor_faces))
GROUP BY c.fresh_id;

CREATE TABLE actor_map AS
SELECT g.key, g.said_country, i.actor_id
FROM actor_groups AS g
INNER JOIN actor_ids AS i ON g.fresh_id = i.fresh_id;

-- what became of the actors of the release before (new_id null: nobody tells of them any more), and who is new beside them
CREATE TABLE actor_moves AS
SELECT 'actor' AS record_type, p.actor_id AS old_id, i.actor_id AS new_id, CASE WHEN i.actor_id IS NULL THEN 'retracted' ELSE 'merged' END AS reason
FROM previous_actors AS p
LEFT JOIN actor_heirs AS h ON p.actor_id = h.old_id
LEFT JOIN actor_ids AS i ON h.fresh_id = i.fresh_id
WHERE p.actor_id NOT IN (SELECT actor_id FROM actor_ids)
UNION ALL
SELECT 'actor', arg_max(e.old_id, (e.n, e.old_id)), i.actor_id, 'split'
FROM actor_evidence AS e
INNER JOIN actor_ids AS i ON e.fresh_id = i.fresh_id
WHERE i.actor_id NOT IN (SELECT id FROM previous_ids WHERE record_type = 'actor')
GROUP BY i.actor_id;
