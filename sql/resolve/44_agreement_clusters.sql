-- Mentions of one instrument, by the best-told one that they lead to.

CREATE TABLE agreement_clusters AS
WITH RECURSIVE up AS (
    SELECT mention_id, mention_id AS root, rank AS depth FROM mentions WHERE record_type = 'agreement'
    UNION ALL
    SELECT up.mention_id, p.parent_id, up.depth FROM up INNER JOIN agreement_parents AS p ON up.root = p.mention_id
)
SELECT u.mention_id, u.root
FROM up AS u
WHERE NOT EXISTS (SELECT 1 FROM agreement_parents AS p WHERE u.root = p.mention_id);
