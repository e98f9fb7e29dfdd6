-- What happened between Iran and Pakistan, in order of time. Put the ISO codes of any two countries in their
-- place.
SELECT
    date,
    type,
    status,
    actors,
    place,
    agreement
FROM timeline
WHERE list_has_all(countries, ['IRN', 'PAK']);
