-- Events that at least two independent origins tell, the best attested first.
SELECT
    date,
    type,
    actors,
    origins,
    sources,
    confidence
FROM timeline
WHERE status = 'occurred' AND origins >= 2
ORDER BY origins DESC, confidence DESC, event_id ASC;
