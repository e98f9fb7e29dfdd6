"""What the page shows, read from the database of a release with one query a section. Every list comes sorted."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.explorer.sentences import Cuts, Shown, TextOf, sentences_around
from pipelines.partitions import bring
from pipelines.room import Room

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
SHARD_RECORDS = 400
_FETCHED = 20_000  # statements at a time
"""Records whose passages are loaded together when one of them is opened."""
PASSAGES = 20
"""shown of a value at most: every document names the states. All are in the table `statements`."""

_EVENTS = """
    SELECT
        event_id AS id, date, date_start AS first, date_end AS last, type, status, actors, countries, place, fields,
        agreement_id AS agreement, sources, origins, confidence
    FROM timeline
"""
_AGREEMENTS = """
    SELECT
        agreement_id AS id, date, date_start AS first, date_end AS last, instrument, title, status, parties AS actors,
        countries, fields, instruments AS count, binding, place, sources, origins, confidence, event_ids AS events
    FROM agreement_register
"""
_ACTORS = """
    SELECT
        a.actor_id AS id, a.name, a.kind, a.country, a.office, p.name AS parent, a.wikidata_id AS wikidata,
        (SELECT count(DISTINCT event_id) FROM event_participants AS e WHERE e.actor_id = a.actor_id) AS events,
        (SELECT count(DISTINCT agreement_id) FROM agreement_parties AS g WHERE g.actor_id = a.actor_id) AS agreements
    FROM actors AS a
    LEFT JOIN actors AS p ON a.parent_actor_id = p.actor_id
    ORDER BY a.name, a.actor_id
"""
_SOURCES = """
    SELECT
        s.source_id AS id, s.title, s.publisher, s.kind, s.published, s.url, s.language, s.status, s.license, s.words,
        coalesce(CAST(s.retrieved_at AS DATE), s.published) AS seen,
        (SELECT count(*) FROM statements AS t WHERE t.source_id = s.source_id) AS statements,
        (SELECT list(DISTINCT c.cited_source_id ORDER BY c.cited_source_id) FROM citations AS c
         WHERE c.citing_source_id = s.source_id) AS cites,
        (SELECT list(DISTINCT coalesce(d.title, d.publisher, d.source_id) ORDER BY coalesce(d.title, d.publisher, d.source_id)) FROM citations AS c
         INNER JOIN sources AS d ON c.cited_source_id = d.source_id WHERE c.citing_source_id = s.source_id) AS draws_on
    FROM sources AS s
    ORDER BY s.published DESC NULLS LAST, s.source_id
"""
_WATCHLIST = """
    SELECT
        record_id AS id, record_type AS record, kind, status, due, date, date_start AS first, actors, countries, place,
        first_told, last_told, sources, origins, confidence
    FROM watchlist
"""
_DISAGREEMENTS = """
    SELECT record_type AS record, record_id AS id, field, value, chosen, differs, source_ids AS sources
    FROM disagreements
"""
_STATEMENTS = f"""
    SELECT t.record_id, t.field, t.value, t.quote, t.source_id, t.start, t."end", a.name, t.rule
    FROM statements AS t
    LEFT JOIN actors AS a ON t.attributed_to = a.actor_id
    QUALIFY row_number() OVER (PARTITION BY t.record_id, t.field, t.value ORDER BY t.source_id, t.start, t."end", t.rule) <= {PASSAGES}
    ORDER BY t.record_id, t.field, t.source_id, t.start, t."end", t.value
"""
_NEWS = """
    SELECT table_name, row_key, change, column_name, old_value, new_value
    FROM changes
    WHERE table_name IN ('events', 'agreements')
    ORDER BY change, table_name, row_key, column_name
"""
_NETWORK = """
    SELECT actor_a, actor_b, name_a, name_b, events, agreements, kinds
    FROM actor_network
"""


@dataclass(frozen=True, slots=True)
class Shard:
    """What proves some records."""

    passages: dict[str, list[list[Any]]]
    """Statements by record: [field, value, quote, source, start, end, said by, rule]."""
    sentences: dict[str, list[Shown]]
    """The sentences that hold them, by record: [source, start, end, the sentence]."""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on the page, as plain rows."""

    events: list[Row]
    agreements: list[Row]
    actors: list[Row]
    sources: list[Row]
    watchlist: list[Row]
    disagreements: list[Row]
    news: list[Row]
    """Events and agreements that came, changed or went since the release before: id, record, change, what, cells [column, old, new]."""
    network: list[Row]
    """Pairs of actors that deal with each other, those with most records first."""
    names: dict[str, str]
    """Names of states by their code."""

    @property
    def newest(self) -> date | None:
        """The day of the newest document that was read: what "overdue" is reckoned from."""
        return max((row["published"] for row in self.sources if row["published"]), default=None)


def read_content(database: Path, room: Room) -> Content:
    """What a pactwatch.duckdb holds but for its passages, opened read-only and without access to any other file."""
    with _opened(database, room) as connection:
        actors = _rows(connection, _ACTORS)
        return Content(
            events=_rows(connection, _EVENTS),
            agreements=_rows(connection, _AGREEMENTS),
            actors=actors,
            sources=_rows(connection, _SOURCES),
            watchlist=_rows(connection, _WATCHLIST),
            disagreements=_rows(connection, _DISAGREEMENTS),
            news=_news(connection),
            network=_rows(connection, _NETWORK),
            names=_names(actors),
        )


def read_shards(database: Path, text_of: TextOf, room: Room) -> Iterator[Shard]:
    """The passages of all records, SHARD_RECORDS records at a time; `text_of` gives the texts that may be quoted."""
    cuts: Cuts = {}
    with _opened(database, room) as connection:
        for passages in _passages(connection):
            yield Shard(passages, sentences_around(passages, text_of, cuts))


@contextmanager
def _opened(database: Path, room: Room) -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    spill = database.with_name(f".{database.name}.spill")
    config: dict[str, Any] = {"autoinstall_known_extensions": False}
    try:
        with room.guard("the page"), duckdb.connect(str(database), read_only=True, config=config) as connection:
            room.bound(connection, spill)
            connection.execute("SET enable_external_access = false")
            bring(connection, database.parent)
            yield connection
    finally:
        shutil.rmtree(spill, ignore_errors=True)  # it lies where the release is made


def _rows(connection: "duckdb.DuckDBPyConnection", sql: str) -> list[Row]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _news(connection: "duckdb.DuckDBPyConnection") -> list[Row]:
    found: dict[tuple[str, str], Row] = {}
    for table, key, change, column, old, new in connection.execute(_NEWS).fetchall():
        row = found.setdefault((table, key), {"id": key, "record": table, "change": change, "what": {}, "cells": []})
        if column == "*":
            row["what"] = json.loads(old if change == "retracted" else new)
        else:
            row["cells"].append([column, old, new])
    return list(found.values())


def _names(actors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {row["country"]: row["name"] for row in actors if row["kind"] == "state" and row["country"]}


def _passages(connection: "duckdb.DuckDBPyConnection") -> Iterator[dict[str, list[list[Any]]]]:
    cursor = connection.execute(_STATEMENTS)
    shard: dict[str, list[list[Any]]] = {}
    while rows := cursor.fetchmany(_FETCHED):
        for record, *passage in rows:
            if record not in shard and len(shard) >= SHARD_RECORDS:
                yield shard
                shard = {}
            shard.setdefault(record, []).append(passage)
    if shard:
        yield shard
