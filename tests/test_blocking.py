"""Resolution looks at pairs within blocks only: what it joins is what looking at every pair would join, and the work stays in bounds."""

import re

import duckdb
import pytest

from pipelines.resolve.run import SQL

_MACROS = re.findall(r"CREATE MACRO .*?;\n", (SQL / "30_mentions.sql").read_text(), re.S)
_EVENTS = (SQL / "50_events.sql").read_text()
_EVERY_PAIR = """
CREATE OR REPLACE TABLE event_candidates AS
SELECT child.mention_id, parent.mention_id AS parent_id
FROM mentions AS child, mentions AS parent
WHERE child.record_type = 'event' AND parent.record_type = 'event' AND parent.rank < child.rank
"""


def mentions(number: int, seed: int = 7) -> duckdb.DuckDBPyConnection:
    """Made-up mentions of all kinds, ten a document: dates to the day, of months, of years, without a year, and none."""
    db = duckdb.connect()
    db.execute(f"CREATE MACRO pick(i, n, k) AS (hash(i, {seed}, n) % k)::INTEGER")
    db.execute("SET threads = 1; CREATE TABLE states (name VARCHAR); INSERT INTO states VALUES ('Chad'), ('Peru')")
    db.execute("CREATE TABLE agreement_clusters (mention_id VARCHAR, root VARCHAR)")
    for macro in _MACROS:
        db.execute(macro)
    db.execute(f"""
CREATE TABLE mentions AS
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
        WHEN form < 5 THEN strftime(day, '%Y-%m-%d')
        WHEN form = 5 THEN strftime(day, '%Y-%m')
        WHEN form = 6 THEN strftime(day, '%Y')
        WHEN form = 7 THEN 'XXXX-' || strftime(day, '%m-%d')
    END AS date,
    CASE WHEN form < 5 THEN day WHEN form = 5 THEN date_trunc('month', day)::DATE WHEN form = 6 THEN date_trunc('year', day)::DATE END AS date_start,
    CASE WHEN form < 5 THEN day WHEN form = 5 THEN last_day(day) WHEN form = 6 THEN (date_trunc('year', day) + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE END AS date_end,
    place,
    NULL::VARCHAR AS place_country,
    NULL::VARCHAR AS agreement_mention,
    countries,
    CASE WHEN who < 3 THEN ['p' || who] ELSE [] END AS persons,
    []::VARCHAR[] AS organizations,
    CASE WHEN who < 3 THEN countries[1:1] ELSE [] END AS countries_with_persons,
    countries[1:1] AS initiators,
    i + 1 AS rank
FROM drawn
""")
    db.execute("ALTER TABLE mentions ADD COLUMN precision INTEGER; UPDATE mentions SET precision = precision_of(date)")
    return db


def parents(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return db.execute("SELECT mention_id, parent_id FROM event_parents ORDER BY ALL").fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_blocks_lose_no_pair(seed: int) -> None:
    blocked = mentions(300, seed)
    blocked.execute(_EVENTS)
    naive = mentions(300, seed)
    before, after = _EVENTS.split("CREATE TABLE event_parents", 1)
    naive.execute(before)
    naive.execute(_EVERY_PAIR)
    naive.execute("CREATE TABLE event_parents" + after)
    assert parents(blocked) == parents(naive)
    assert len(parents(blocked)) > 10


_BLOCKS = _EVENTS.split("CREATE TABLE event_parents", 1)[0]


def test_pairs_looked_at_are_few() -> None:
    looked_at = []
    for number in (1_000, 4_000):
        db = mentions(number)
        db.execute(_BLOCKS)
        ((count,),) = db.execute("SELECT count(*) FROM event_candidates").fetchall()
        looked_at.append(count / (number * (number - 1) / 2))
    assert looked_at[0] < 0.02
    assert looked_at[1] < 0.8 * looked_at[0]  # the share falls as the mentions grow


def test_candidates_are_joined_by_equal_keys_alone() -> None:
    db = mentions(500)
    db.execute(_BLOCKS)
    select = re.search(r"CREATE TABLE event_candidates AS(.*?);", _EVENTS, re.S)
    assert select is not None
    ((_, plan),) = db.execute("EXPLAIN (FORMAT json) " + select.group(1)).fetchall()
    operators = set(re.findall(r'"name": "([A-Z_]+)', plan))
    assert "HASH_JOIN" in operators
    assert not any("JOIN" in name and name != "HASH_JOIN" or "PRODUCT" in name for name in operators)
