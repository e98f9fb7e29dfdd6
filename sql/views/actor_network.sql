-- Who deals with whom: one row a pair of actors that take part in the same event or are parties to the same
-- instrument, with how often and since when. actor_a comes before actor_b in the alphabet of keys. What is only
-- planned, imagined or denied does not count.
--
-- actor_a: Key of the actor that comes first in the alphabet of keys.
-- actor_b: Key of the other actor.
-- name_a: Name of actor_a.
-- name_b: Name of actor_b.
-- kind_a: What actor_a is, in the codes of actors.kind.
-- kind_b: What actor_b is, in the codes of actors.kind.
-- country_a: Country that actor_a is or belongs to, as an ISO 3166-1 alpha-3 code. Null where it belongs to none.
-- country_b: Country that actor_b is or belongs to, as an ISO 3166-1 alpha-3 code. Null where it belongs to none.
-- events: How many events both take part in that have occurred or are under way.
-- agreements: How many instruments, signed or later, name both of them as party or broker.
-- kinds: The types of those events and the kinds of those instruments, each once, in the order of the alphabet.
-- first_date: First day that the earliest of them can mean. Null where none bears a known year.
-- last_date: Last day that the latest of them can mean. Null where none bears a known year.
CREATE VIEW actor_network AS
WITH links AS (
    SELECT DISTINCT
        a.actor_id AS actor_a,
        b.actor_id AS actor_b,
        'event' AS record_type,
        events.event_id AS record_id,
        events.type AS kind,
        events.date_start,
        events.date_end
    FROM events
    INNER JOIN event_participants AS a ON events.event_id = a.event_id
    INNER JOIN event_participants AS b ON events.event_id = b.event_id AND a.actor_id < b.actor_id
    WHERE events.status IN ('occurred', 'ongoing')
    UNION ALL
    SELECT DISTINCT
        a.actor_id AS actor_a,
        b.actor_id AS actor_b,
        'agreement' AS record_type,
        agreements.agreement_id AS record_id,
        agreements.instrument AS kind,
        agreements.date_start,
        agreements.date_end
    FROM agreements
    INNER JOIN agreement_parties AS a ON agreements.agreement_id = a.agreement_id
    INNER JOIN agreement_parties AS b ON agreements.agreement_id = b.agreement_id AND a.actor_id < b.actor_id
    WHERE agreements.status IN ('signed', 'in_force', 'suspended', 'terminated')
)

SELECT
    links.actor_a,
    links.actor_b,
    actor_a.name AS name_a,
    actor_b.name AS name_b,
    actor_a.kind AS kind_a,
    actor_b.kind AS kind_b,
    actor_a.country AS country_a,
    actor_b.country AS country_b,
    count(*) FILTER (WHERE links.record_type = 'event') AS events,
    count(*) FILTER (WHERE links.record_type = 'agreement') AS agreements,
    list(DISTINCT links.kind ORDER BY links.kind) AS kinds,
    min(links.date_start) AS first_date,
    max(links.date_end) AS last_date
FROM links
INNER JOIN actors AS actor_a ON links.actor_a = actor_a.actor_id
INNER JOIN actors AS actor_b ON links.actor_b = actor_b.actor_id
GROUP BY ALL
ORDER BY count(*) DESC, links.actor_a ASC, links.actor_b ASC;
