-- Every event has at least one participant.
SELECT
    events.event_id,
    events.type
FROM events
ANTI JOIN event_participants ON events.event_id = event_participants.event_id
ORDER BY events.event_id;
