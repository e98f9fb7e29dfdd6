-- Confidence: the estimated share of records like this one that are right. A logistic model over a few features of how a record was read
-- and how often it is told; its weights are fitted to annotated documents by `make calibrate` (65_weights.sql).

CREATE TABLE record_features AS
WITH cells AS (
    SELECT
        mention_id,
        bool_or(field IN ('type', 'instrument') AND regexp_matches(rule, '^verb:')) AS by_verb,
        bool_or(field IN ('participant', 'party') AND regexp_matches(rule, 'anaphor|modifier')) AS by_reference,
        bool_or(field IN ('participant', 'party') AND regexp_matches(rule, 'window|place')) AS by_nearness,
        bool_or(field = 'status' AND regexp_matches(rule, 'tense')) AS by_tense,
        bool_or(attributed_to IS NOT NULL) AS quoted
    FROM raw_statements
    WHERE record_type IN ('event', 'agreement')
    GROUP BY mention_id
),
best AS (
    SELECT
        t.record_id,
        t.record_type,
        arg_max(t.mention_id, (t.confidence, -t.rank)) AS mention_id,
        count(DISTINCT t.origin) AS origins,
        -- a document that tells it more than once; what another document echoes makes nothing surer
        count(*) > count(DISTINCT t.source_id) AS told_again,
        max(t.confidence) AS raw
    FROM told AS t
    GROUP BY t.record_id, t.record_type
)
SELECT
    b.record_id,
    b.record_type,
    1.0::DOUBLE AS constant,
    -- the reading's own estimate, as odds
    ln(greatest(least(b.raw, 0.97), 0.03) / (1 - greatest(least(b.raw, 0.97), 0.03))) AS raw,
    c.by_verb::INTEGER::DOUBLE AS by_verb,
    c.by_reference::INTEGER::DOUBLE AS by_reference,
    c.by_nearness::INTEGER::DOUBLE AS by_nearness,
    c.by_tense::INTEGER::DOUBLE AS by_tense,
    c.quoted::INTEGER::DOUBLE AS quoted,
    (m.precision = 3)::INTEGER::DOUBLE AS dated_to_day,
    (m.precision > 0)::INTEGER::DOUBLE AS dated,
    (len(m.countries) >= 2)::INTEGER::DOUBLE AS two_countries,
    (len(m.countries) > 2)::INTEGER::DOUBLE AS more_countries,
    (len(m.persons) > 0)::INTEGER::DOUBLE AS persons,
    (m.status IN ('occurred', 'signed', 'in_force'))::INTEGER::DOUBLE AS happened,
    b.told_again::INTEGER::DOUBLE AS told_again
FROM best AS b
INNER JOIN mentions AS m ON b.mention_id = m.mention_id
INNER JOIN cells AS c ON b.mention_id = c.mention_id;

CREATE TABLE record_confidence AS
WITH long AS (
    UNPIVOT record_features
    ON constant, raw, by_verb, by_reference, by_nearness, by_tense, quoted, dated_to_day, dated, two_countries, more_countries, persons, happened, told_again
    INTO NAME feature VALUE value
),
odds AS (
    SELECT l.record_id, sum(l.value * w.weight ORDER BY l.feature) AS log_odds
    FROM long AS l
    INNER JOIN confidence_weights AS w ON l.record_type = w.record_type AND l.feature = w.feature
    GROUP BY l.record_id
),
origins AS (
    SELECT record_id, count(DISTINCT origin) AS origins FROM told GROUP BY record_id
)
SELECT
    o.record_id,
    -- each further independent origin halves the doubt
    round(least(0.99, greatest(0.01, 1 - power(0.5, n.origins - 1) / (1 + exp(o.log_odds)))), 2) AS confidence
FROM odds AS o
INNER JOIN origins AS n ON o.record_id = n.record_id;
