-- date_start and date_end are the first and the last day that the EDTF text in date can mean; both are null where
-- there is no date or its year is unknown. Every date is a day that exists.
WITH dated AS (
    SELECT
        'event' AS record_type,
        event_id AS record_id,
        date,
        date_start,
        date_end
    FROM events
    UNION ALL
    SELECT
        'agreement' AS record_type,
        agreement_id AS record_id,
        date,
        date_start,
        date_end
    FROM agreements
),

ends AS (
    SELECT
        *,
        date LIKE 'XXXX%' AS year_unknown,
        split_part(date, '/', 1) AS first_text,
        split_part(date, '/', -1) AS last_text
    FROM dated
),

days AS (
    SELECT
        *,
        -- A year that is unknown is read as a leap year, to see whether the day can exist.
        replace(replace(first_text, 'XXXX', '2000'), 'X', '0') AS first_known,
        replace(replace(last_text, 'XXXX', '2000'), 'X', '9') AS last_known
    FROM ends
),

seasons AS (
    SELECT
        *,
        -- EDTF writes seasons as months 21 (spring, from March) to 24 (winter, from December), of three months each.
        CASE
            WHEN regexp_full_match(first_known, '[0-9]{4}-2[1-4]')
                THEN first_known[:5] || lpad((3 * (first_known[6:7]::INTEGER - 20))::VARCHAR, 2, '0')
            ELSE first_known
        END AS first_month,
        CASE
            WHEN regexp_full_match(last_known, '[0-9]{4}-2[1-4]')
                THEN last_known[:5] || lpad((3 * (last_known[6:7]::INTEGER - 20))::VARCHAR, 2, '0')
            ELSE last_known
        END AS last_month,
        CASE WHEN regexp_full_match(last_known, '[0-9]{4}-2[1-4]') THEN 2 ELSE 0 END AS season_months
    FROM days
),

bounds AS (
    SELECT
        *,
        CASE length(first_known)
            WHEN 4 THEN try_cast(first_known || '-01-01' AS DATE)
            WHEN 7 THEN try_cast(first_month || '-01' AS DATE)
            ELSE try_cast(first_known AS DATE)
        END AS first_day,
        CASE length(last_known)
            WHEN 4 THEN try_cast(last_known || '-12-31' AS DATE)
            WHEN 7 THEN last_day(try_cast(last_month || '-01' AS DATE) + to_months(season_months))
            ELSE try_cast(last_known AS DATE)
        END AS last_day
    FROM seasons
)

SELECT
    record_type,
    record_id,
    date,
    date_start,
    date_end
FROM bounds
WHERE
    (date IS NOT NULL AND (first_day IS NULL OR last_day IS NULL))
    OR (NOT coalesce(year_unknown, FALSE) AND first_day > last_day)
    OR date_start IS DISTINCT FROM CASE WHEN NOT year_unknown THEN first_day END
    OR date_end IS DISTINCT FROM CASE WHEN NOT year_unknown THEN last_day END
ORDER BY record_type, record_id;
