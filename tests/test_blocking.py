"""Resolution looks at pairs within blocks only: what it joins is what looking at every pair would join, and the work stays in bounds."""

import re

import duckdb
import pytest

from pipelines.resolve.steps import IN_PART, SQL

_MACROS = re.findall(
    r"CREATE MACRO .*?;\n", (SQL / "30_mentions.sql").read_text() + (SQL / "40_agreement_blocks.sql").read_text(), re.S
)
_BLOCKS, _NEAREST, _CLUSTERS = (
    (SQL / name).read_text() for name in ("50_event_blocks.sql", "52_event_nearest.blocks.sql", "54_event_clusters.sql")
)
_EVERY_PAIR = """
CREATE OR REPLACE TABLE event_blocks AS
SELECT 1 AS block, mention_id, TRUE AS is_child, TRUE AS is_parent FROM mentions WHERE record_type = 'event'
"""


def mentions(number: int, seed: int = 7) -> duckdb.DuckDBPyConnection:
    """Made-up mentions of all kinds, ten a document: dates to the day, of months, of years, without a year, and none."""
    db = duckdb.connect()
    db.execute(f"CREATE MACRO pick(i, n, k) AS (hash(i, {seed}, n) % k)::INTEGER")
    db.execute("SET threads = 1; CREATE TABLE states (name VARCHAR); INSERT INTO states VALUES ('Chad'), ('Peru')")
    db.execute("CREATE TABLE agreement_clusters (mention_id VARCHAR, root VARCHAR)")
    for macro in _MACROS:
        db.execute(macro)
    db.execute(IN_PART + "SET VARIABLE first = 0; SET VARIABLE last = 1000000000")
    db.execute(f"""
CREATE TABLE told AS
WITH drawn AS (
    SELECT
        i,
        pick(i, 0, 5) AS h,
        ['meet', 'visit', 'negotiate', 'sign', 'accuse', 'attack', 'join'][1 + pick(i, 1, 7)] AS type,
        DATE '2001-01-01' + (pick(i, 2, {max(40, number // 8)})) AS day,
        pick(i, 3, 9) AS form,
        list_sort(list_distinct([chr(65 + pick(i, 4, 8)), chr(65 + pick(i, 5, 8))])) AS countries,
        pick(i, 6, 5) AS who,
        ['Rome', 'Lima', 'Peru', NULL][1 + pick(i, 7, 4)] AS place
    FROM range({number}) AS t (i)
)
SELECT
    'm' || i AS mention_id,
    's' || i // 10 AS source_id,
    'event' AS record_type,
    i % 10 * 500 AS position,
    type,
    ['occurred', 'occurred', 'planned', 'denied', 'hypothetical'][1 + h] AS status,
    CASE
        WHEN form < 4 THEN strftime(day, '%Y-%m-%d')
        WHEN form = 4 THEN strftime(day, '%Y-%m-%d/') || strftime(day + 13 * h, '%Y-%m-%d')
        WHEN form = 5 THEN strftime(day, '%Y-%m')
        WHEN form = 6 THEN strftime(day, '%Y')
        WHEN form = 7 THEN 'XXXX-' || strftime(day, '%m-%d')
    END AS date,
    CASE WHEN form < 5 THEN day WHEN form = 5 THEN date_trunc('month', day)::DATE WHEN form = 6 THEN date_trunc('year', day)::DATE END AS date_start,
    CASE WHEN form < 4 THEN day WHEN form = 4 THEN day + 13 * h WHEN form = 5 THEN last_day(day) WHEN form = 6 THEN (date_trunc('year', day) + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE END AS date_end,
    place,
    NULL::VARCHAR AS place_country,
    NULL::VARCHAR AS agreement_mention,
    countries,
    CASE WHEN who < 3 THEN ['p' || who] ELSE [] END AS persons,
    []::VARCHAR[] AS organizations,
    CASE WHEN who < 3 THEN countries[1:1] ELSE [] END AS countries_with_persons,
    countries[1:1] AS initiators
FROM drawn
""")
    # the best-told one first, as 30_mentions.sql has them
    ranked = "SELECT *, row_number() OVER (ORDER BY precision_of(date) DESC, mention_id) AS rank, precision_of(date) AS precision FROM told"
    db.execute(f"CREATE TABLE mentions AS {ranked}")
    return db


def parents(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return db.execute("SELECT mention_id, parent_id FROM event_parents ORDER BY ALL").fetchall()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("many", [1_000, 10])
def test_blocks_lose_no_pair(seed: int, many: int) -> None:
    blocked = mentions(300, seed)
    blocked.execute(f"CREATE OR REPLACE MACRO many() AS {many}")
    blocked.execute(_BLOCKS + _NEAREST + _CLUSTERS)
    naive = mentions(300, seed)
    naive.execute(_BLOCKS + _EVERY_PAIR + ";" + _NEAREST + _CLUSTERS)
    assert parents(blocked) == parents(naive)
    assert len(parents(blocked)) > 10


def test_a_block_that_has_many_is_looked_through_in_several() -> None:
    sizes = []
    for many in (1_000, 2):
        db = mentions(6_000)
        db.execute(f"CREATE OR REPLACE MACRO many() AS {many}")
        db.execute(_BLOCKS)
        largest = "SELECT max(n) FROM (SELECT count(*) AS n FROM event_blocks WHERE is_child GROUP BY block)"
        sizes.append(db.execute(largest).fetchall()[0][0])
    assert sizes[1] < 0.5 * sizes[0]


_LOOKED_AT = """
SELECT count(*) FROM (
    SELECT DISTINCT c.mention_id, p.mention_id
    FROM event_blocks AS c
    INNER JOIN event_blocks AS p ON c.block = p.block AND c.is_child AND p.is_parent
    INNER JOIN mentions AS child ON c.mention_id = child.mention_id
    INNER JOIN mentions AS parent ON p.mention_id = parent.mention_id AND parent.rank < child.rank
)
"""


def test_pairs_looked_at_are_few() -> None:
    shares = []
    for number in (1_000, 4_000):
        db = mentions(number)
        db.execute(_BLOCKS)
        shares.append(db.execute(_LOOKED_AT).fetchall()[0][0] / (number * (number - 1) / 2))
    assert shares[0] < 0.02
    assert shares[1] < 0.8 * shares[0]  # the share falls as the mentions grow


def test_pairs_are_joined_by_their_block_alone() -> None:
    """And by nothing that many have alike, which the optimizer would take for a key where a condition is an equation."""
    db = mentions(500)
    db.execute(_BLOCKS)
    for macro in re.findall(r"^CREATE MACRO .*?;$", _NEAREST, re.S | re.M):
        db.execute(macro)
    ((_, plan),) = db.execute(
        "EXPLAIN (FORMAT json) " + _NEAREST.split("CREATE TABLE event_nearest AS\n")[1]
    ).fetchall()
    joins = re.findall(r'"name": "([A-Z_]*(?:JOIN|PRODUCT)[A-Z_]*)"', plan)
    assert joins.count("HASH_JOIN") >= 3
    keys = set(re.findall(r'"(\w+) = [#\w]+"', plan))
    assert {"block", "mention_id"} <= keys <= {"block", "mention_id", "place", "name"}
    assert '"(status = ' not in plan
