-- Events: mentions of one happening are one record. A mention joins the best-told one that it can be: the same kind of event and the same
-- sides, dates that agree, nobody else in the same role, no other place. What is not dated joins only within its document.

CREATE MACRO kin(type_a, type_b) AS type_a = type_b OR (type_a IN ('meet', 'visit') AND type_b IN ('meet', 'visit'))
OR (type_a IN ('meet', 'negotiate') AND type_b IN ('meet', 'negotiate'));

-- Which pairs are looked at: blocks that are joined by equal keys alone, so that the work grows with the mentions and the size of a block,
-- not with their square. A pair that is in no block fails one of the conditions below whatever else it has.
CREATE MACRO kin_block(type, status) AS
CASE WHEN type IN ('meet', 'visit', 'negotiate') THEN 'talks' ELSE type END || CASE WHEN status IN ('denied', 'hypothetical') THEN ' ' || status ELSE '' END;

CREATE MACRO months_of(first, last) AS list_transform(
    generate_series(date_trunc('month', first::DATE), date_trunc('month', last::DATE), INTERVAL 1 MONTH),
    lambda month: strftime(month, '%Y-%m')
);

CREATE MACRO without_year(mark, months) AS list_transform(months, lambda month: mark || month[6:7]);

CREATE TABLE event_keys AS
SELECT
    m.mention_id,
    m.rank,
    m.source_id,
    kin_block(m.type, m.status) AS block,
    c.country,
    m.date IS NULL AS is_undated,
    -- a date with its year: its months; a year or a decade: itself; without a year: the month of the year, which meets that of any year
    CASE
        WHEN m.date IS NULL THEN []
        WHEN m.precision = 1 THEN ['= ' || m.date]
        WHEN m.date_start IS NULL THEN ['? ' || m.date[6:7]]
        ELSE months_of(m.date_start, m.date_end) || without_year('! ', months_of(m.date_start, m.date_end))
    END AS child_keys,
    CASE
        WHEN m.date IS NULL THEN []
        WHEN m.precision = 1 THEN ['= ' || m.date]
        WHEN m.date_start IS NULL THEN ['? ' || m.date[6:7], '! ' || m.date[6:7]]
        ELSE months_of(m.date_start, m.date_end) || without_year('? ', months_of(m.date_start, m.date_end))
    END AS parent_keys
FROM mentions AS m, unnest(m.countries) AS c (country)
WHERE m.record_type = 'event';

CREATE TABLE event_persons AS
SELECT m.mention_id, m.rank, kin_block(m.type, m.status) AS block, m.place, p.person
FROM mentions AS m, unnest(m.persons) AS p (person)
WHERE m.record_type = 'event' AND m.place IS NOT NULL;

CREATE TABLE event_candidates AS
-- one document
SELECT child.mention_id, parent.mention_id AS parent_id
FROM event_keys AS child
INNER JOIN event_keys AS parent
    ON child.source_id = parent.source_id AND child.block = parent.block AND child.country = parent.country
WHERE parent.rank < child.rank
UNION
-- two documents that both tell a date
SELECT child.mention_id, parent.mention_id AS parent_id
FROM (SELECT mention_id, rank, block, country, unnest(child_keys) AS key FROM event_keys) AS child
INNER JOIN (SELECT mention_id, rank, block, country, unnest(parent_keys) AS key FROM event_keys) AS parent
    ON child.key = parent.key AND child.block = parent.block AND child.country = parent.country
WHERE parent.rank < child.rank
UNION
-- two documents of which one tells none: the same person at the same place
SELECT child.mention_id, parent.mention_id AS parent_id
FROM event_persons AS child
INNER JOIN event_persons AS parent
    ON child.person = parent.person AND child.place = parent.place AND child.block = parent.block
WHERE parent.rank < child.rank;

-- A table of its own: in one query with the conditions below the optimizer joins children and parents by those that are equations, all with all.
CREATE TABLE event_pairs AS
SELECT child, parent, ca.root AS child_agreement, pa.root AS parent_agreement
FROM event_candidates AS pair
INNER JOIN mentions AS child ON pair.mention_id = child.mention_id
INNER JOIN mentions AS parent ON pair.parent_id = parent.mention_id
LEFT JOIN agreement_clusters AS ca ON child.agreement_mention = ca.mention_id
LEFT JOIN agreement_clusters AS pa ON parent.agreement_mention = pa.mention_id;

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
    FROM event_pairs
    WHERE
        kin(child.type, parent.type)
        AND list_has_any(child.countries, parent.countries)
        AND (child.status = 'denied') = (parent.status = 'denied')
        AND (child.status = 'hypothetical') = (parent.status = 'hypothetical')
        AND (child.status = 'planned' AND child.date IS NULL AND parent.date IS NOT NULL AND child.source_id <> parent.source_id) = FALSE
        AND dates_agree(child.date, child.date_start, child.date_end, parent.date, parent.date_start, parent.date_end)
        AND persons_agree(child.persons, child.countries_with_persons, parent.persons, parent.countries_with_persons)
        AND places_agree(child.place, child.place_country, parent.place, parent.place_country)
        -- leaving an organization is not breaking with a state, and joining one is not joining another
        AND (child.type NOT IN ('join', 'sever') OR child.organizations = parent.organizations)
        AND coalesce(child_agreement = parent_agreement, TRUE) -- noqa: RF03
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
