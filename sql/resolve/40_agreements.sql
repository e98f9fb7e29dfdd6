-- Agreements: mentions of one instrument are one record. A mention joins the best-told earlier one that it can be: the same parties, dates
-- that agree, an instrument of the same family, fields that are not all others, and the same number of instruments.

CREATE MACRO family_of(instrument) AS CASE
    WHEN instrument LIKE 'memorandum%' THEN 'memorandum'
    WHEN instrument IN ('treaty', 'convention', 'agreement', 'strategic_agreement', 'alliance', 'other', 'contract', 'protocol') THEN 'agreement'
    ELSE instrument
END;

CREATE TABLE agreement_parents AS
WITH pairs AS (
    SELECT
        child.mention_id,
        parent.mention_id AS parent_id,
        child.source_id = parent.source_id AS same_source,
        coalesce(child.date = parent.date, FALSE) AS same_date,
        abs(child.position - parent.position) AS distance,
        parent.rank AS parent_rank
    FROM mentions AS child
    INNER JOIN mentions AS parent
        ON
            parent.record_type = 'agreement'
            AND parent.rank < child.rank
            AND child.countries = parent.countries
            AND (
                child.instrument = parent.instrument
                OR (family_of(child.instrument) = family_of(parent.instrument) AND (
                    child.instrument IN ('agreement', 'memorandum', 'other') OR parent.instrument IN ('agreement', 'memorandum', 'other')))
                OR (child.source_id = parent.source_id AND child.instrument = 'agreement' AND child.fields = [])
            )
    WHERE
        child.record_type = 'agreement'
        AND len(child.countries) > 0
        AND (child.status = 'denied') = (parent.status = 'denied')
        AND dates_agree(child.date, child.date_start, child.date_end, parent.date, parent.date_start, parent.date_end)
        AND (child.date IS NOT NULL AND parent.date IS NOT NULL OR child.source_id = parent.source_id OR (child.instrument = parent.instrument AND child.instrument NOT IN ('agreement', 'memorandum_of_understanding', 'contract')))
        AND (child.fields = [] OR parent.fields = [] OR list_has_any(child.fields, parent.fields))
        AND (child.instruments IS NOT DISTINCT FROM parent.instruments OR child.instruments IS NULL OR (parent.instruments IS NULL AND child.precision = 3))
)
SELECT mention_id, arg_min(parent_id, (NOT same_source, NOT same_date, distance, parent_rank)) AS parent_id
FROM pairs
GROUP BY mention_id;

CREATE TABLE agreement_clusters AS
WITH RECURSIVE up AS (
    SELECT mention_id, mention_id AS root, rank AS depth FROM mentions WHERE record_type = 'agreement'
    UNION ALL
    SELECT up.mention_id, p.parent_id, up.depth FROM up INNER JOIN agreement_parents AS p ON up.root = p.mention_id
)
SELECT u.mention_id, u.root
FROM up AS u
WHERE NOT EXISTS (SELECT 1 FROM agreement_parents AS p WHERE u.root = p.mention_id);
