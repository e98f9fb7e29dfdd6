-- Steps of agreements: each event that is about an instrument takes it a step on (or tells that it did not), and so does a mention of the
-- instrument that no event stands behind. The status of an agreement is that of its latest step.

CREATE MACRO step_of(type, status, rule) AS CASE
    WHEN type IN ('sign', 'agree') THEN CASE status
        WHEN 'occurred' THEN 'signed' WHEN 'ongoing' THEN 'negotiating' WHEN 'planned' THEN 'planned' WHEN 'hypothetical' THEN 'proposed' ELSE 'denied'
    END
    WHEN type = 'negotiate' AND status IN ('planned', 'hypothetical') THEN 'proposed'
    WHEN type IN ('negotiate', 'mediate') AND status <> 'denied' THEN 'negotiating'
    WHEN type IN ('offer', 'appeal') AND status <> 'denied' THEN 'proposed'
    WHEN status NOT IN ('occurred', 'ongoing') THEN NULL
    WHEN type IN ('ratify', 'join', 'concede') THEN 'in_force'
    WHEN type = 'sever' THEN CASE WHEN regexp_matches(rule, 'suspen|freez|halt|paus|mothball|shelv') THEN 'suspended' ELSE 'terminated' END
END;

CREATE TABLE agreement_steps AS
WITH triggers AS (
    SELECT mention_id, min(rule) AS rule FROM raw_statements WHERE record_type = 'event' AND field = 'type' GROUP BY mention_id
),
of_events AS (
    SELECT
        m.agreement_mention,
        m.mention_id AS event_mention,
        step_of(m.type, m.status, k.rule) AS status,
        m.date, m.date_start, m.date_end, m.source_id, m.published
    FROM mentions AS m
    INNER JOIN triggers AS k ON m.mention_id = k.mention_id
    WHERE m.record_type = 'event' AND m.agreement_mention IS NOT NULL
),
of_mentions AS (
    SELECT
        m.mention_id AS agreement_mention,
        NULL::VARCHAR AS event_mention,
        m.status,
        -- the date of an instrument that events are about is the date of one of those
        CASE WHEN e.agreement_mention IS NULL THEN m.date END AS date,
        CASE WHEN e.agreement_mention IS NULL THEN m.date_start END AS date_start,
        CASE WHEN e.agreement_mention IS NULL THEN m.date_end END AS date_end,
        m.source_id, m.published
    FROM mentions AS m
    LEFT JOIN (SELECT DISTINCT agreement_mention FROM of_events) AS e ON m.mention_id = e.agreement_mention
    WHERE
        m.record_type = 'agreement'
        AND NOT EXISTS (SELECT 1 FROM of_events AS o WHERE o.agreement_mention = m.mention_id AND o.status = m.status)
)
SELECT r.record_id AS agreement_id, s.*
FROM (SELECT * FROM of_events WHERE status IS NOT NULL UNION ALL SELECT * FROM of_mentions) AS s
INNER JOIN record_of AS r ON s.agreement_mention = r.mention_id;

-- The latest step, in time: what is signed is no longer planned; after that dated steps count by their dates, and an undated one that goes
-- further than they do by the day of the first document that tells it.
CREATE TABLE agreement_status AS
WITH ranked AS (
    SELECT
        agreement_id,
        status,
        list_position(['denied', 'proposed', 'negotiating', 'planned', 'signed', 'in_force', 'suspended', 'terminated'], status) AS rank,
        stage_of(status) >= 2 AS made,
        date_end IS NOT NULL AS dated,
        date_end,
        published
    FROM agreement_steps
),
dated AS (
    SELECT agreement_id, arg_max({'status': status, 'rank': rank, 'day': date_end}, (date_end, rank)) AS step
    FROM ranked
    WHERE made AND dated
    GROUP BY agreement_id
),
furthest AS (
    SELECT agreement_id, status, rank, min(published) AS told
    FROM ranked
    WHERE made AND NOT dated
    GROUP BY agreement_id, status, rank
),
made AS (
    SELECT
        coalesce(d.agreement_id, f.agreement_id) AS agreement_id,
        coalesce(
            arg_max(f.status, f.rank) FILTER (
                WHERE d.step IS NULL OR (f.rank > d.step.rank AND coalesce(f.told >= d.step.day, TRUE))
            ),
            any_value(d.step.status)
        ) AS status
    FROM dated AS d
    FULL JOIN furthest AS f ON d.agreement_id = f.agreement_id
    GROUP BY coalesce(d.agreement_id, f.agreement_id)
),
unmade AS (
    SELECT agreement_id, arg_max(status, rank) AS status
    FROM ranked
    WHERE agreement_id NOT IN (SELECT agreement_id FROM made)
    GROUP BY agreement_id
)
SELECT * FROM made
UNION ALL
SELECT * FROM unmade;
