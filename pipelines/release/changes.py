"""What is other in one set of tables than in another, cell by cell, and the way back: the differences applied.

Everything is compared and kept as text in the form of the CSV files (dates in ISO 8601, lists as JSON), which gives every
value back exactly. A row of differences names table, key, column, old and new value, and the statement that caused it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.arrow import conform
from pipelines.constraints import literal, quoted
from pipelines.room import Room
from pipelines.tables import Table, load

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CHANGES = "changes"
WHOLE_ROW = "*"
# Which cells of a record its statements speak of, where the column is not called as their field is.
_SAID_OF = {"date_start": "date", "date_end": "date", "plover": "type"}
_RECORDS = {"events": "event", "agreements": "agreement", "actors": "actor"}
_MEMBERS = {"event_participants": ("event", "participant"), "agreement_parties": ("agreement", "party")}


def diff_tables(
    before: "Mapping[str, pa.Table]",
    after: "Mapping[str, pa.Table]",
    tables: Sequence[Table],
    room: Room | None = None,
) -> "pa.Table":
    """The table `changes` from the tables `before` to those `after`, which have the columns of `tables`.

    Tables and columns that are not in `before` count as empty there; those that are only there are left out.
    """
    import pyarrow as pa

    with (room or Room()).guard("the comparison with the release before"), _connect(room) as connection:
        parts = [_diff(connection, table, before.get(table.name), after[table.name]) for table in tables]
        rows = pa.concat_tables([part for part in parts if part.num_rows] or parts[:1])
        rows = _with_causes(connection, rows, before.get("statements"), after.get("statements"))
    return conform(load(CHANGES), rows)


def apply_changes(
    before: "Mapping[str, pa.Table]", changes: "pa.Table", tables: Sequence[Table]
) -> "dict[str, pa.Table]":
    """The tables that `changes` makes of those `before`: diff_tables(before, result, tables) is `changes` again."""
    with _connect() as connection:
        connection.register("changes_given", changes)
        return {table.name: _apply(connection, table, before.get(table.name)) for table in tables}


def _connect(room: Room | None = None) -> "duckdb.DuckDBPyConnection":
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    if room:
        room.bound(connection)
    connection.execute("SET enable_external_access = false; SET TimeZone = 'UTC'")
    return connection


def _as_text(kind: str, column: str) -> str:
    """The SQL of a column of a DuckDB type as text; NULL stays NULL."""
    if kind.endswith("[]"):
        items = f"list_transform({column}, lambda item: to_json(item)::VARCHAR)"
        return f"CASE WHEN {column} IS NOT NULL THEN '[' || coalesce(array_to_string({items}, ', '), '') || ']' END"
    if kind.startswith("TIMESTAMP"):
        form = (
            f"CASE WHEN microsecond({column}) % 1000000 = 0 THEN '%Y-%m-%dT%H:%M:%SZ' ELSE '%Y-%m-%dT%H:%M:%S.%fZ' END"
        )
        return f"strftime({column}, {form})"
    return f"{column}::VARCHAR"


def _as_value(kind: str, text: str) -> str:
    """The SQL that makes of such a text the value of a column of a Table Schema type."""
    types = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMPTZ"}
    if kind == "list":
        return f"from_json({text}, '[\"VARCHAR\"]')"
    return f"({text})::{types[kind]}" if kind in types else text


def _key(table: Table) -> str:
    """The SQL of row_key over columns of text."""
    columns = [quoted(column) for column in table.primary_key or table.columns]
    if len(columns) == 1:
        return columns[0]
    return "'[' || " + " || ', ' || ".join(f"to_json({column})::VARCHAR" for column in columns) + " || ']'"


def _register_text(connection: "duckdb.DuckDBPyConnection", name: str, table: Table, data: "pa.Table | None") -> None:
    """Makes a view `name` of the rows as text, in the columns of the table, with their row_key."""
    kinds: dict[str, str] = {}
    if data is not None:
        connection.register(f"{name}_rows", data)
        described = connection.execute(f"DESCRIBE {name}_rows").fetchall()
        kinds = {str(row[0]): str(row[1]) for row in described}
    cells = ", ".join(
        f"{_as_text(kinds[column], quoted(column)) if column in kinds else 'NULL::VARCHAR'} AS {quoted(column)}"
        for column in table.columns
    )
    source = f"FROM {name}_rows" if data is not None else "WHERE false"
    made = f"SELECT *, {_key(table)} AS row_key FROM (SELECT {cells} {source})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {made}")


def _diff(
    connection: "duckdb.DuckDBPyConnection", table: Table, before: "pa.Table | None", after: "pa.Table"
) -> "pa.Table":
    _register_text(connection, "old_text", table, before)
    _register_text(connection, "new_text", table, after)
    row = "json_object(" + ", ".join(f"{literal(c)}, {{}}.{quoted(c)}" for c in table.columns) + ")::VARCHAR"
    cells = [
        f"SELECT o.row_key, {literal(c)} AS column_name, 'changed' AS change, o.{quoted(c)} AS old_value, "
        f"n.{quoted(c)} AS new_value FROM old_text AS o INNER JOIN new_text AS n ON o.row_key = n.row_key "
        f"WHERE o.{quoted(c)} IS DISTINCT FROM n.{quoted(c)}"
        for c in table.columns
        if c not in table.primary_key
    ]
    whole = [
        f"SELECT n.row_key, '*' AS column_name, 'added' AS change, NULL AS old_value, {row.replace('{}', 'n')} AS new_value FROM new_text AS n WHERE n.row_key NOT IN (SELECT row_key FROM old_text)",
        f"SELECT o.row_key, '*', 'retracted', {row.replace('{}', 'o')}, NULL FROM old_text AS o WHERE o.row_key NOT IN (SELECT row_key FROM new_text)",
    ]
    union = " UNION ALL ".join(whole + cells)
    return connection.sql(f"SELECT {literal(table.name)} AS table_name, * FROM ({union})").to_arrow_table()


def _with_causes(
    connection: "duckdb.DuckDBPyConnection",
    rows: "pa.Table",
    before: "pa.Table | None",
    after: "pa.Table | None",
) -> "pa.Table":
    """Adds to each difference the statement that caused it: one that is new and says it, else one that is gone and said it."""
    statements = load("statements")
    connection.register("differences", rows)
    _register_text(connection, "old_said", statements, before)
    _register_text(connection, "new_said", statements, after)
    pairs = ", ".join(f"({literal(name)}, {literal(kind)}, NULL)" for name, kind in _RECORDS.items())
    pairs += ", " + ", ".join(
        f"({literal(name)}, {literal(kind)}, {literal(f)})" for name, (kind, f) in _MEMBERS.items()
    )
    fields = " ".join(f"WHEN {literal(column)} THEN {literal(said)}" for column, said in _SAID_OF.items())
    sql = f"""
        WITH said AS (
            SELECT n.*, CASE WHEN o.statement_id IS NULL THEN 0 ELSE 2 END AS age
            FROM new_said AS n LEFT JOIN old_said AS o ON n.statement_id = o.statement_id
            UNION ALL
            SELECT o.*, 1 FROM old_said AS o WHERE o.statement_id NOT IN (SELECT statement_id FROM new_said)
        ),
        asked AS (
            SELECT
                d.*,
                p.kind,
                CASE WHEN p.field IS NULL THEN d.row_key ELSE json_extract_string(d.row_key, '$[0]') END AS record_id,
                CASE
                    WHEN p.field IS NOT NULL THEN p.field
                    WHEN d.column_name IN ('*', 'sources', 'origins', 'confidence') THEN NULL
                    ELSE CASE d.column_name {fields} ELSE d.column_name END
                END AS field,
                CASE WHEN p.field IS NULL THEN d.new_value ELSE json_extract_string(d.row_key, '$[1]') END AS wanted,
                p.field IS NOT NULL AS is_member
            FROM differences AS d
            LEFT JOIN (VALUES {pairs}) AS p (name, kind, field) ON d.table_name = p.name
        ),
        causes AS (
            SELECT
                a.table_name,
                a.row_key,
                a.column_name,
                arg_min(s.statement_id, (
                    a.is_member AND s.value IS DISTINCT FROM a.wanted,
                    a.change = 'retracted' AND s.age <> 1,
                    coalesce(s.value <> a.wanted, true), s.age, s.field NOT IN ('type', 'instrument', 'name'), s.statement_id
                )) AS statement_id
            FROM asked AS a
            INNER JOIN said AS s
                ON s.record_type = a.kind AND s.record_id = a.record_id AND (a.field IS NULL OR s.field = a.field)
                AND (NOT a.is_member OR s.value = a.wanted)
            GROUP BY a.table_name, a.row_key, a.column_name
        )
        SELECT d.*, CASE d.table_name WHEN 'statements' THEN d.row_key ELSE c.statement_id END AS statement_id
        FROM differences AS d
        LEFT JOIN causes AS c USING (table_name, row_key, column_name)
    """
    return connection.sql(sql).to_arrow_table()


def _apply(connection: "duckdb.DuckDBPyConnection", table: Table, before: "pa.Table | None") -> "pa.Table":
    _register_text(connection, "old_text", table, before)
    mine = f"(SELECT * FROM changes_given WHERE table_name = {literal(table.name)})"
    kept, added = [], []
    for field in table.fields:
        column, at = quoted(field.name), literal(field.name)
        new = f"max(c.new_value) FILTER (WHERE c.column_name = {at})"
        kept.append(f"CASE WHEN bool_or(c.column_name = {at}) THEN {new} ELSE any_value(o.{column}) END AS {column}")
        added.append(f"json_extract_string(new_value, '$.\"{field.name}\"')")
    text = (
        f"SELECT {', '.join(kept)} FROM old_text AS o LEFT JOIN {mine} AS c ON o.row_key = c.row_key GROUP BY o.row_key "
        "HAVING NOT coalesce(bool_or(c.change = 'retracted'), false) "
        f"UNION ALL SELECT {', '.join(added)} FROM {mine} WHERE change = 'added'"
    )
    values = ", ".join(f"{_as_value(f.type, quoted(f.name))} AS {quoted(f.name)}" for f in table.fields)
    return conform(table, connection.sql(f"SELECT {values} FROM ({text})").to_arrow_table())


def counted(changes: "pa.Table", tables: Iterable[str]) -> dict[str, dict[str, int]]:
    """By table how many rows were added, changed and retracted; tables with none are left out."""
    rows: dict[str, dict[str, set[str]]] = {}
    columns = ("table_name", "row_key", "change")
    for name, key, change in zip(*(changes.column(column).to_pylist() for column in columns), strict=True):
        rows.setdefault(name, {}).setdefault(change, set()).add(key)
    kinds = ("added", "changed", "retracted")
    return {name: {kind: len(rows[name].get(kind, ())) for kind in kinds} for name in tables if name in rows}
