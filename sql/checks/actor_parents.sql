-- No actor is a part of itself, directly or through others.
WITH RECURSIVE ancestors AS (
    SELECT
        actor_id,
        parent_actor_id AS ancestor_id
    FROM actors
    WHERE parent_actor_id IS NOT NULL
    UNION
    SELECT
        ancestors.actor_id,
        actors.parent_actor_id AS ancestor_id
    FROM ancestors
    INNER JOIN actors ON ancestors.ancestor_id = actors.actor_id
    WHERE actors.parent_actor_id IS NOT NULL
)

SELECT actor_id
FROM ancestors
WHERE actor_id = ancestor_id
ORDER BY actor_id;
