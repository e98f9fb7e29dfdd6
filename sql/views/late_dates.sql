-- Events told as having occurred that would begin more than a day after every document that tells them was
-- published: a date to look at before relying on it. One row an event; events of which some document bears no date
-- are left out.
--
-- event_id: events.event_id
-- type: events.type
-- date: events.date
-- last_told: Day on which the newest document that tells the event was published.
-- days_late: Days from last_told to the first day that the date can mean: always more than 1.
CREATE VIEW late_dates AS
SELECT
    events.event_id,
    events.type,
    events.date,
    max(sources.published) AS last_told,
    date_diff('day', max(sources.published), events.date_start) AS days_late
FROM events
INNER JOIN statements ON events.event_id = statements.record_id AND statements.record_type = 'event'
INNER JOIN sources ON statements.source_id = sources.source_id
WHERE events.status = 'occurred' AND events.date_start IS NOT NULL
GROUP BY events.event_id, events.type, events.date, events.date_start
HAVING
    bool_and(sources.published IS NOT NULL)
    AND events.date_start > max(sources.published) + INTERVAL 1 DAY
ORDER BY days_late DESC, events.event_id ASC;
