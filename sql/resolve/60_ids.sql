-- Ids from content: of what the first telling says (the earliest published document, then its name and place in the text). A dated record
-- is named by type, sides and date alone, so that an earlier echo of it changes nothing; an undated one also by its document and words.
-- Documents that are published later never change an id.

CREATE TABLE record_ids AS
WITH clusters AS (
    SELECT mention_id, root FROM event_clusters
    UNION ALL
    SELECT mention_id, root FROM agreement_clusters
),
told AS (
    SELECT
        c.root,
        m.record_type,
        m.record_type || '|' || coalesce(m.type, m.instrument) || '|' || array_to_string(m.countries, '+') || '|' || coalesce(m.date, '')
        || CASE WHEN m.date IS NOT NULL THEN '' ELSE '|' || m.source_id || '|' || q.quote END AS content,
        m.published,
        m.source_id,
        m.position,
        m.mention_id
    FROM clusters AS c
    INNER JOIN mentions AS m ON c.mention_id = m.mention_id
    INNER JOIN (
        SELECT mention_id, min(quote) AS quote FROM raw_statements WHERE field IN ('type', 'instrument') GROUP BY mention_id
    ) AS q ON m.mention_id = q.mention_id
),
first_told AS (
    SELECT
        root,
        record_type,
        arg_min(content, (coalesce(published, DATE '9999-12-31'), source_id, position, mention_id)) AS content,
        min((coalesce(published, DATE '9999-12-31'), source_id, position, mention_id)) AS first_at
    FROM told
    GROUP BY root, record_type
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY content ORDER BY first_at) AS copy FROM first_told
)
SELECT
    root,
    record_type,
    CASE record_type WHEN 'event' THEN 'evt-' ELSE 'agr-' END || sha256(content || CASE WHEN copy > 1 THEN '|' || copy ELSE '' END)[1:12] AS record_id
FROM numbered;

CREATE TABLE record_of AS
SELECT c.mention_id, r.record_type, r.record_id
FROM (SELECT * FROM event_clusters UNION ALL SELECT * FROM agreement_clusters) AS c
INNER JOIN record_ids AS r ON c.root = r.root;
