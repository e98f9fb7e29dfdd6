-- Events: mentions of one happening are one record. A mention joins the best-told one that it can be: the same kind of event and the same
-- sides, dates that agree, nobody else in the same role, no other place. What is not dated joins only within its document.

CREATE MACRO kin(type_a, type_b) AS type_a = type_b OR (type_a IN ('meet', 'visit') AND type_b IN ('meet', 'visit'))
OR (type_a IN ('meet', 'negotiate') AND type_b IN ('meet', 'negotiate'));

CREATE TABLE event_parents AS
WITH pairs AS (
    SELECT
        child.mention_id,
        parent.mention_id AS parent_id,
        child.source_id = parent.source_id AS same_source,
        coalesce(child.date = parent.date, FALSE) AS same_date,
        list_has_any(child.persons, parent.persons) AS same_person,
        child.type = parent.type AS same_type,
        abs(child.position - parent.position) AS distance,
        parent.rank AS parent_rank
    FROM mentions AS child
    INNER JOIN mentions AS parent
        ON parent.record_type = 'event' AND parent.rank < child.rank AND kin(child.type, parent.type) AND list_has_any(child.countries, parent.countries)
    LEFT JOIN agreement_clusters AS ca ON child.agreement_mention = ca.mention_id
    LEFT JOIN agreement_clusters AS pa ON parent.agreement_mention = pa.mention_id
    WHERE
        child.record_type = 'event'
        AND (child.status = 'denied') = (parent.status = 'denied')
        AND (child.status = 'hypothetical') = (parent.status = 'hypothetical')
        AND (child.status = 'planned' AND child.date IS NULL AND parent.date IS NOT NULL AND child.source_id <> parent.source_id) = FALSE
        AND dates_agree(child.date, child.date_start, child.date_end, parent.date, parent.date_start, parent.date_end)
        AND persons_agree(child.persons, child.countries_with_persons, parent.persons, parent.countries_with_persons)
        AND places_agree(child.place, child.place_country, parent.place, parent.place_country)
        -- leaving an organization is not breaking with a state, and joining one is not joining another
        AND (child.type NOT IN ('join', 'sever') OR child.organizations = parent.organizations)
        AND (ca.root IS NULL OR pa.root IS NULL OR ca.root = pa.root)
        AND (child.countries = parent.countries
            OR (list_has_all(parent.countries, child.countries) AND (child.source_id = parent.source_id OR coalesce(child.date = parent.date, FALSE)))
            OR (list_has_all(child.countries, parent.countries) AND child.source_id = parent.source_id AND coalesce(child.date = parent.date, FALSE)))
        AND CASE
            -- a visit told without a date is not the talks that are dated beside it
            WHEN child.type = 'visit' AND parent.type = 'meet' AND child.date IS NULL THEN FALSE
            WHEN child.type <> parent.type THEN
                (list_has_any(child.persons, parent.persons) OR coalesce(child.date = parent.date AND child.precision = 3, FALSE)) AND child.source_id = parent.source_id
                OR (list_has_any(child.persons, parent.persons) AND child.precision = 3 AND parent.precision = 3)
            WHEN child.precision >= 2 AND parent.precision >= 2 THEN TRUE
            WHEN child.source_id = parent.source_id AND child.date IS NULL AND parent.date IS NULL THEN abs(child.position - parent.position) < 1500
            WHEN child.source_id = parent.source_id THEN abs(child.position - parent.position) < 3000
            WHEN child.date IS NULL OR parent.date IS NULL THEN list_has_any(child.persons, parent.persons) AND coalesce(child.place = parent.place, FALSE)
            ELSE child.date = parent.date AND (child.persons = [] OR parent.persons = [] OR list_has_any(child.persons, parent.persons))
        END
        AND (child.initiators = [] OR parent.initiators = [] OR child.type IN ('meet', 'visit', 'sign', 'negotiate', 'cooperate', 'agree') OR list_has_any(child.initiators, parent.initiators))
)
SELECT mention_id, arg_min(parent_id, (NOT same_source, NOT same_type, NOT same_date, NOT same_person, distance, parent_rank)) AS parent_id
FROM pairs
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
