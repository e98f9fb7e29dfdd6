-- The PLOVER class of an event is that of its type in event_types, but AGREE for a planned meet, visit, call,
-- sign, cooperate or aid.
SELECT
    events.event_id,
    events.type,
    events.status,
    events.plover
FROM events
LEFT JOIN event_types ON events.type = event_types.type
WHERE
    events.plover IS DISTINCT FROM CASE
        WHEN
            events.status = 'planned' AND events.type IN ('meet', 'visit', 'call', 'sign', 'cooperate', 'aid')
            THEN 'AGREE'
        ELSE event_types.plover
    END
ORDER BY events.event_id;
