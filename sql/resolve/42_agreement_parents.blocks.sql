-- Agreements: mentions of one instrument are one record, whichever of its steps they tell. A mention joins the best-told one that it can be:
-- the same parties, an instrument of the same family, fields that are not all others, the same number of instruments, and dates that agree:
-- those of one step (two signings) must be one date, those of two steps must stand in the order of the steps.

CREATE MACRO family_of(instrument) AS CASE
    WHEN instrument LIKE 'memorandum%' THEN 'memorandum'
    WHEN instrument IN ('treaty', 'convention', 'agreement', 'strategic_agreement', 'alliance', 'other', 'contract', 'protocol') THEN 'agreement'
    ELSE instrument
END;

-- how far an instrument has come: 1 before it is signed, 2 signed, 3 after that (in force, suspended, ended: these may alternate)
CREATE MACRO stage_of(status) AS CASE
    WHEN status IN ('proposed', 'negotiating', 'planned', 'denied') THEN 1
    WHEN status = 'signed' THEN 2
    ELSE 3
END;

-- "memoranda", "three protocols": a title that names several
CREATE MACRO is_plural(title) AS regexp_matches(
    lower(title),
    '\b(memoranda|memorandums|mous|mocs|ftas|agreements|accords|deals|pacts|treaties|contracts|protocols|conventions|statements|declarations|documents|instruments|communiqu[ée]s|arrangements|letters)\b'
);

-- the dates of two mentions, each of some step; what is not yet signed holds as of the day of its document
CREATE MACRO steps_agree(a, b) AS CASE
    WHEN stage_of(a.status) = stage_of(b.status) AND (stage_of(a.status) < 3 OR a.status = b.status)
        THEN dates_agree(a.date, a.date_start, a.date_end, b.date, b.date_start, b.date_end)
    WHEN stage_of(a.status) = stage_of(b.status) THEN TRUE
    WHEN stage_of(a.status) < stage_of(b.status)
        THEN coalesce(coalesce(a.date_start, CASE WHEN stage_of(a.status) = 1 AND a.source_id <> b.source_id THEN a.published END) <= b.date_end, TRUE)
    ELSE coalesce(coalesce(b.date_start, CASE WHEN stage_of(b.status) = 1 AND a.source_id <> b.source_id THEN b.published END) <= a.date_end, TRUE)
END;

-- two days that two papers may give for one signing
CREATE MACRO nearly_agree(a, b) AS
a.source_id <> b.source_id AND a.status = b.status AND a.precision = 3 AND b.precision = 3 AND a.instrument = b.instrument
AND a.fields <> [] AND a.fields = b.fields AND a.instruments IS NOT DISTINCT FROM b.instruments
AND abs(date_diff('day', a.date_start, b.date_start)) <= 3
AND (a.place IS NULL OR b.place IS NULL OR lower(a.place) = lower(b.place));

-- two counts that two papers may give for one group: "twelve memoranda" and "eleven memoranda" of one day
CREATE MACRO counts_nearly_agree(a, b) AS
a.source_id <> b.source_id AND a.instruments > 2 AND b.instruments > 2 AND a.precision = 3 AND coalesce(a.date = b.date, FALSE)
AND abs(a.instruments - b.instruments) <= 0.25 * greatest(a.instruments, b.instruments);

CREATE TABLE agreement_parents AS
WITH compared AS MATERIALIZED (
    SELECT b.block, b.is_child, m.*
    FROM agreement_blocks AS b
    INNER JOIN mentions AS m ON b.mention_id = m.mention_id
    WHERE in_part(b.block)
),
pairs AS (
    SELECT
        child.mention_id,
        parent.mention_id AS parent_id,
        child.source_id = parent.source_id AS same_source,
        coalesce(child.date = parent.date, FALSE) AS same_date,
        coalesce(abs(date_diff('day', child.date_start, parent.date_start)), 100000) AS days_apart,
        abs(child.position - parent.position) AS distance,
        parent.rank AS parent_rank
    FROM compared AS child
    INNER JOIN compared AS parent ON child.block = parent.block
    WHERE
        child.is_child
        AND parent.rank < child.rank
        AND (
            child.instrument = parent.instrument
            OR (family_of(child.instrument) = family_of(parent.instrument) AND (
                child.instrument IN ('agreement', 'memorandum', 'other') OR parent.instrument IN ('agreement', 'memorandum', 'other')
                -- "the MoU of August" and "the memorandum on agricultural cooperation"
                OR (family_of(child.instrument) = 'memorandum' AND list_has_any(child.fields, parent.fields))))
            OR (child.source_id = parent.source_id AND child.instrument = 'agreement' AND child.fields = [])
        )
        AND are_alike(child.status = 'denied', parent.status = 'denied')
        AND (steps_agree(child, parent) OR nearly_agree(child, parent))
        -- what two documents tell of two steps, or one of them without a date, is one instrument where kind and subject say so
        AND (
            child.source_id = parent.source_id
            OR (child.date IS NOT NULL AND parent.date IS NOT NULL AND stage_of(child.status) = stage_of(parent.status))
            OR (child.instrument = parent.instrument AND (
                child.instrument NOT IN ('agreement', 'memorandum_of_understanding', 'contract', 'memorandum', 'other') OR list_has_any(child.fields, parent.fields)))
        )
        AND (child.fields = [] OR parent.fields = [] OR list_has_any(child.fields, parent.fields))
        -- a group told by its number is not one of its members, nor the other way round
        AND (
            child.instruments IS NOT DISTINCT FROM parent.instruments
            OR (child.instruments IS NULL AND coalesce(is_plural(child.title), FALSE))
            OR (parent.instruments IS NULL AND child.precision = 3 AND coalesce(is_plural(parent.title), FALSE))
            OR counts_nearly_agree(child, parent)
        )
)
SELECT mention_id, arg_min(parent_id, (NOT same_source, NOT same_date, CASE WHEN same_source THEN 0 ELSE days_apart END, distance, parent_rank)) AS parent_id
FROM pairs
GROUP BY mention_id;
