-- Mentions of one happening, by the best-told one that they lead to.

CREATE TABLE event_parents AS
SELECT mention_id, arg_min(parent_id, standing) AS parent_id
FROM event_nearest
GROUP BY mention_id;

CREATE TABLE event_clusters AS
WITH RECURSIVE up AS (
    SELECT mention_id, mention_id AS root FROM mentions WHERE record_type = 'event'
    UNION ALL
    SELECT up.mention_id, p.parent_id FROM up INNER JOIN event_parents AS p ON up.root = p.mention_id
)
SELECT u.mention_id, u.root
FROM up AS u
WHERE NOT EXISTS (SELECT 1 FROM event_parents AS p WHERE u.root = p.mention_id);
