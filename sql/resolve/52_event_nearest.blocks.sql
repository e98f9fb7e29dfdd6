-- Events: mentions of one happening are one record. A mention joins the best-told one that it can be: the same kind of event and the same
-- sides, dates that agree, nobody else in the same role, no other place. What is not dated joins only within its document.

CREATE MACRO kin(type_a, type_b) AS type_a = type_b OR (type_a IN ('meet', 'visit') AND type_b IN ('meet', 'visit'))
OR (type_a IN ('meet', 'negotiate') AND type_b IN ('meet', 'negotiate'));

-- of each block; which of those it is, over all blocks of a mention, says the next file
CREATE TABLE event_nearest AS
WITH compared AS MATERIALIZED (
    SELECT b.block, b.is_child, b.is_parent, a.agreement, m.*
    FROM event_blocks AS b
    INNER JOIN mentions AS m ON b.mention_id = m.mention_id
    LEFT JOIN event_agreements AS a ON b.mention_id = a.mention_id
    WHERE in_part(b.block)
),
pairs AS (
    SELECT
        child.mention_id,
        parent.mention_id AS parent_id,
        {
            'other_source': child.source_id <> parent.source_id,
            'other_type': child.type <> parent.type,
            'other_date': coalesce(child.date <> parent.date, TRUE),
            'other_persons': NOT list_has_any(child.persons, parent.persons),
            'distance': abs(child.position - parent.position),
            'rank': parent.rank
        } AS standing
    FROM compared AS child
    INNER JOIN compared AS parent ON child.block = parent.block
    WHERE
        child.is_child
        AND parent.is_parent
        AND parent.rank < child.rank
        AND kin(child.type, parent.type)
        AND list_has_any(child.countries, parent.countries)
        AND are_alike(child.status = 'denied', parent.status = 'denied')
        AND are_alike(child.status = 'hypothetical', parent.status = 'hypothetical')
        AND (child.status = 'planned' AND child.date IS NULL AND parent.date IS NOT NULL AND child.source_id <> parent.source_id) = FALSE
        AND dates_agree(child.date, child.date_start, child.date_end, parent.date, parent.date_start, parent.date_end)
        AND persons_agree(child.persons, child.countries_with_persons, parent.persons, parent.countries_with_persons)
        AND places_agree(child.place, child.place_country, parent.place, parent.place_country)
        -- leaving an organization is not breaking with a state, and joining one is not joining another
        AND (child.type NOT IN ('join', 'sever') OR child.organizations = parent.organizations)
        AND coalesce(child.agreement = parent.agreement, TRUE)
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
SELECT mention_id, arg_min(parent_id, standing) AS parent_id, min(standing) AS standing
FROM pairs
GROUP BY mention_id;
