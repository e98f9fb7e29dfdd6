-- The origin of each mention of a record: the medium that it quotes, and that of its document.

CREATE TABLE mention_origin AS
SELECT
    r.mention_id,
    r.source_id,
    min(a.actor_id) FILTER (WHERE a.kind = 'media') AS medium,
    min(o.origin) AS origin
FROM raw_statements AS r
INNER JOIN document_origin AS o ON r.source_id = o.source_id
LEFT JOIN actor_of AS k ON r.document = k.document AND r.attributed_to = k.key AND in_part(k.document)
LEFT JOIN actors AS a ON k.actor_id = a.actor_id
WHERE r.record_type <> 'actor' AND in_part(r.document)
GROUP BY r.mention_id, r.source_id;
