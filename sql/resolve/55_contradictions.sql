-- One happening of which two documents contradict each other: the same type and countries, told by no document twice, and either the same
-- instrument or the same persons of two countries; then days up to three apart, or another place on the same day, are two versions of one
-- record and not two records. Both stay among its statements (view `disagreements`).

CREATE TABLE event_versions AS
WITH told AS (
    SELECT
        c.root,
        list_sort(list(DISTINCT m.source_id)) AS source_ids,
        list_sort(list_distinct(flatten(list(m.persons)))) AS persons,
        list_sort(list_distinct(flatten(list(m.countries)))) AS countries,
        list_sort(list_distinct(flatten(list(m.countries_with_persons)))) AS countries_with_persons,
        list_sort(list_distinct(list(a.root))) AS agreement_roots,
        arg_min(m.place, m.rank) FILTER (WHERE m.place IS NOT NULL) AS place,
        arg_min(m.place_country, m.rank) FILTER (WHERE m.place IS NOT NULL) AS place_country
    FROM event_clusters AS c
    INNER JOIN mentions AS m ON c.mention_id = m.mention_id
    LEFT JOIN agreement_clusters AS a ON m.agreement_mention = a.mention_id
    GROUP BY c.root
),
versions AS (
    SELECT t.*, m.type, m.status, m.date_start, m.date_end, m.rank
    FROM told AS t
    INNER JOIN mentions AS m ON t.root = m.mention_id
    WHERE m.precision = 3 AND m.status IN ('occurred', 'planned') AND len(t.countries) >= 2
),
pairs AS (
    SELECT child.root, parent.root AS into_root, parent.rank
    FROM versions AS child
    INNER JOIN versions AS parent
        ON
            parent.rank < child.rank
            AND child.type = parent.type
            AND child.status = parent.status
            AND child.countries = parent.countries
            AND abs(date_diff('day', child.date_start, parent.date_start)) <= 3
    WHERE
        NOT list_has_any(child.source_ids, parent.source_ids)
        AND (
            list_has_any(list_filter(child.agreement_roots, lambda r: r IS NOT NULL), parent.agreement_roots)
            OR (child.persons = parent.persons AND len(child.countries_with_persons) >= 2 AND child.countries_with_persons = parent.countries_with_persons)
        )
        AND (child.date_start = parent.date_start OR child.place IS NULL OR parent.place IS NULL OR places_agree(child.place, child.place_country, parent.place, parent.place_country))
)
SELECT root, arg_min(into_root, rank) AS into_root
FROM pairs
GROUP BY root;

-- the best-told version takes in the others, never one that is itself taken in
UPDATE event_clusters SET root = v.into_root
FROM event_versions AS v
WHERE event_clusters.root = v.root AND v.into_root NOT IN (SELECT root FROM event_versions);

-- which mentions are one record
CREATE TABLE clusters AS
SELECT mention_id, root FROM event_clusters
UNION ALL
SELECT mention_id, root FROM agreement_clusters;
