-- Which mentions of agreements are compared: those of the same parties. A block that has many is looked through in several, each with some
-- of them as children and all as parents, so that no pair of states is one piece of work.

-- mentions of a block whose pairs are looked at in one go
CREATE MACRO many() AS 1000;

-- whether both hold or neither does. Said with an equals sign the optimizer takes it for a key, and joins by it all with all.
CREATE MACRO are_alike(a, b) AS CASE WHEN a THEN b ELSE NOT b END;

CREATE TABLE agreement_blocks AS
WITH sized AS (
    SELECT mention_id, countries, rank, count(*) OVER (PARTITION BY countries) AS n
    FROM mentions
    WHERE record_type = 'agreement' AND len(countries) > 0
),
placed AS (
    SELECT s.mention_id, s.countries, s.rank % (1 + s.n // many()) = p.place AS is_child, p.place
    FROM sized AS s, unnest(range(1 + s.n // many())) AS p (place)
    WHERE s.n > 1
)
SELECT dense_rank() OVER (ORDER BY countries, place) AS block, mention_id, is_child
FROM placed;
