-- When two states last met. One row a pair, with the newest meeting or visit that has occurred, where it was, and how many independent
-- origins tell of it. Add call to the types for talks at a distance.
WITH met AS (
    SELECT
        one.country AS country_a,
        other.country AS country_b,
        events.event_id,
        any_value(events.date) AS date,
        any_value(events.date_end) AS date_end,
        any_value(events.type) AS type,
        any_value(events.place) AS place,
        any_value(events.origins) AS origins
    FROM events
    INNER JOIN event_participants AS one ON events.event_id = one.event_id
    INNER JOIN event_participants AS other ON events.event_id = other.event_id
    WHERE
        events.status = 'occurred'
        AND events.type IN ('meet', 'visit')
        AND events.date_end IS NOT NULL
        AND one.country < other.country
    GROUP BY one.country, other.country, events.event_id
)

SELECT
    country_a,
    country_b,
    date,
    type,
    place,
    origins,
    event_id
FROM met
QUALIFY row_number() OVER (PARTITION BY country_a, country_b ORDER BY date_end DESC, event_id) = 1
ORDER BY date_end DESC, country_a, country_b;
