-- How the agreements between two countries came to where they are. One row a step and document that tells it, in order of time, with the
-- words that tell it. Put the ISO codes of any two countries in their place.
SELECT
    history.title,
    history.step,
    history.status,
    history.date,
    history.quote,
    history.source
FROM agreement_history AS history
INNER JOIN agreement_register AS register ON history.agreement_id = register.agreement_id
WHERE list_has_all(register.countries, ['IRN', 'SAU'])
ORDER BY register.date_start NULLS LAST, history.agreement_id, history.step, history.source, history.start;
