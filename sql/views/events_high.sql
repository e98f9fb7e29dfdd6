-- The events to rely on without looking at each: those of a confidence of 0.9 and more, which is where nine of ten or more should be right
-- (how many are, docs/accuracy.md tells). The same columns as events; the other tier is events itself.
--
-- *: events
CREATE VIEW events_high AS
SELECT *
FROM events
WHERE confidence >= 0.9
ORDER BY event_id;
