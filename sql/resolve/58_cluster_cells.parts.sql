-- The cells of each cluster as statements will have them, to be found again in the release before.

CREATE TABLE cluster_cells AS
SELECT DISTINCT
    r.record_type,
    c.root,
    r.source_id,
    d.sha256,
    CASE r.field WHEN 'field' THEN 'fields' ELSE r.field END AS field,
    coalesce(o.actor_id, r.value) AS value,
    r.start,
    r.end
FROM raw_statements AS r
INNER JOIN clusters AS c ON r.mention_id = c.mention_id
INNER JOIN documents AS d ON r.source_id = d.source_id
LEFT JOIN actor_of AS o ON r.field IN ('participant', 'party') AND r.document = o.document AND r.value = o.key AND in_part(o.document)
WHERE r.field <> 'agreement_id' AND in_part(r.document);
