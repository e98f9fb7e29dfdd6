-- Every participant of an event and every party of an agreement has a statement that names it.
WITH members AS (
    SELECT DISTINCT
        'event' AS record_type,
        event_id AS record_id,
        'participant' AS field,
        actor_id
    FROM event_participants
    UNION ALL
    SELECT DISTINCT
        'agreement' AS record_type,
        agreement_id AS record_id,
        'party' AS field,
        actor_id
    FROM agreement_parties
)

SELECT
    members.record_type,
    members.record_id,
    members.actor_id
FROM members
ANTI JOIN statements
    ON
        members.record_type = statements.record_type
        AND members.record_id = statements.record_id
        AND members.field = statements.field
        AND members.actor_id = statements.value
ORDER BY members.record_type, members.record_id, members.actor_id;
