-- Actors: mentions of one name are one actor. Spellings of a person's name that share their consonants and country are joined; a surname
-- alone joins the only person of its country who bears it; two persons of one name are kept apart by their country. Who is told first
-- (the earliest published document, then its name and place in the text) gives the name of the id, so that later documents change none.

CREATE MACRO ascii_name(name) AS trim(regexp_replace(lower(strip_accents(replace(replace(name, 'ø', 'o'), 'ı', 'i'))), '[^a-z]+', ' ', 'g'));

CREATE MACRO undoubled(word) AS replace(replace(replace(replace(replace(replace(replace(
    word, 'mm', 'm'), 'ss', 's'), 'll', 'l'), 'nn', 'n'), 'tt', 't'), 'dd', 'd'), 'rr', 'r');

-- the consonants of each word behind its first letter: "shehbaz sharif" and "shahbaz sharif" are both "shbz shrf"
CREATE MACRO skeleton(name) AS array_to_string(
    list_transform(
        string_split(ascii_name(name), ' '),
        lambda word: word[1] || undoubled(regexp_replace(word[2:], '[aeiouyw]+|h$', '', 'g'))
    ), ' '
);

-- one row a key and country, a key without a country taken for the country that it has elsewhere
CREATE TABLE named AS
WITH by_country AS (
    SELECT
        m.key,
        m.kind,
        m.country,
        bool_or(m.is_known) AS is_known,
        min(m.name) AS name,
        min((coalesce(d.published, DATE '9999-12-31'), m.source_id, m.position)) AS first_told
    FROM actor_mentions AS m
    INNER JOIN documents AS d ON m.source_id = d.source_id
    GROUP BY m.key, m.kind, m.country
),
countries AS (
    SELECT key, count(DISTINCT country) AS n, arg_min(country, (first_told, country)) FILTER (WHERE country IS NOT NULL) AS usual
    FROM by_country
    GROUP BY key
)
SELECT
    b.key,
    b.country AS said_country,
    coalesce(b.country, c.usual) AS country,
    b.kind,
    b.name,
    b.is_known,
    b.first_told,
    CASE
        WHEN c.n <= 1 OR b.is_known OR coalesce(b.country, c.usual) = c.usual THEN b.key
        ELSE b.key || '-' || lower(b.country)
    END AS own_id,
    skeleton(b.name) AS bones,
    len(string_split(ascii_name(b.name), ' ')) AS words
FROM by_country AS b
INNER JOIN countries AS c ON b.key = c.key;

CREATE TABLE actor_groups AS
WITH groups AS (
    SELECT
        n.*,
        CASE
            WHEN n.kind = 'person' AND n.words >= 2 AND length(n.bones) >= 6
                THEN first_value(n.own_id) OVER (
                    PARTITION BY n.kind = 'person' AND n.words >= 2 AND length(n.bones) >= 6, n.bones, n.country
                    ORDER BY n.is_known DESC, n.first_told, n.own_id
                )
            ELSE n.own_id
        END AS joined_id
    FROM named AS n
),
bearers AS (
    SELECT
        split_part(ascii_name(name), ' ', -1) AS surname,
        country,
        count(DISTINCT joined_id) AS n,
        min(joined_id) AS actor_id
    FROM groups
    WHERE kind = 'person' AND words >= 2
    GROUP BY ALL
)
SELECT DISTINCT
    g.key,
    g.said_country,
    CASE
        WHEN g.kind = 'person' AND g.words = 1 AND NOT g.is_known AND b.n = 1 THEN b.actor_id
        ELSE g.joined_id
    END AS fresh_id
FROM groups AS g
LEFT JOIN bearers AS b ON ascii_name(g.name) = b.surname AND (g.country = b.country OR g.country IS NULL);
