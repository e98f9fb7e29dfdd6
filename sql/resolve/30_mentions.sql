-- Mentions of events and agreements, the best-told one first, and what makes two of them agree.

CREATE MACRO is_day(edtf) AS edtf IS NOT NULL AND regexp_full_match(edtf, '([0-9]{4}|XXXX)-[01][0-9]-[0-3][0-9](/.*)?');

-- 3 a day, 2 a month or a range of days without a year, 1 a year or less, 0 nothing
CREATE MACRO precision_of(edtf) AS CASE
    WHEN edtf IS NULL THEN 0
    WHEN regexp_full_match(edtf, '[0-9]{4}-[01][0-9]-[0-3][0-9](/.*)?') THEN 3
    WHEN regexp_full_match(edtf, '[0-9]{4}-[0-9]{2}(/.*)?|XXXX-.*') THEN 2
    ELSE 1
END;

CREATE TABLE mentions AS
SELECT
    *,
    precision_of(date) AS precision,
    row_number() OVER (
        PARTITION BY record_type
        ORDER BY
            precision_of(date) DESC, len(persons) DESC, len(countries) DESC, coalesce(instruments, 1) DESC, len(fields) DESC, published NULLS LAST,
            source_id, position, mention_id
    ) AS rank
FROM mention_cells;

-- two dates that can be one: they overlap, or one is not told; without a year month and day decide
CREATE MACRO dates_agree(date_a, start_a, end_a, date_b, start_b, end_b) AS CASE
    WHEN date_a IS NULL OR date_b IS NULL THEN TRUE
    WHEN start_a IS NOT NULL AND start_b IS NOT NULL THEN start_a <= end_b AND start_b <= end_a
    WHEN is_day(date_a) AND is_day(date_b) THEN date_a[6:10] <= split_part(date_b, '/', -1)[6:10] AND date_b[6:10] <= split_part(date_a, '/', -1)[6:10]
    WHEN length(date_a) >= 7 AND length(date_b) >= 7 THEN date_a[6:7] = date_b[6:7]
    ELSE FALSE
END;

-- two sets of persons that can be of one event: no country sends different ones to it
CREATE MACRO persons_agree(persons_a, countries_a, persons_b, countries_b) AS
list_has_any(persons_a, persons_b) OR NOT list_has_any(countries_a, countries_b);

CREATE MACRO places_agree(place_a, country_a, place_b, country_b) AS
place_a IS NULL OR place_b IS NULL OR lower(place_a) = lower(place_b)
OR (coalesce(country_a = country_b, TRUE) AND (place_a IN (SELECT name FROM states) OR place_b IN (SELECT name FROM states)));
