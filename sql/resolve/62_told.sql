-- What is told of each record: its mentions, each with the origin that it leads back to and with how long after the fact it was told.

CREATE TABLE told AS
SELECT
    r.record_id,
    -- one document is one origin, also where it tells a thing once in a medium's words and once in its own
    coalesce(min(o.medium) OVER (PARTITION BY r.record_id, o.source_id), o.origin) AS origin,
    m.*,
    coalesce(abs(date_diff('day', m.date_end, m.published)), 1000000) AS days_after
FROM mentions AS m
INNER JOIN record_of AS r ON m.mention_id = r.mention_id
INNER JOIN mention_origin AS o ON m.mention_id = o.mention_id;
