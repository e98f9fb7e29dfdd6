-- Pairs of countries by the share of conflict in what happened between them, over all years.
SELECT
    country_a,
    country_b,
    sum(events) AS events,
    round(sum(verbal_conflict + material_conflict) / sum(events), 2) AS conflict_share,
    sum(agreements) AS agreements
FROM dyad_year
GROUP BY country_a, country_b
HAVING sum(events) > 0
ORDER BY conflict_share DESC, events DESC, country_a ASC, country_b ASC;
