"""A first hour with a release, as a marimo notebook: `.venv/bin/marimo edit docs/cookbook/notebook.py` (extra `notebook`).

It is a plain Python file and needs nothing but duckdb and polars beside marimo. The tests run it.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="A first hour with Pactwatch")


@app.cell
def _():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo

    package = Path(os.environ.get("PACTWATCH_PACKAGE", "dist/latest"))
    db = duckdb.connect(str(package / "pactwatch.duckdb"), read_only=True)
    return db, mo, package


@app.cell
def _(mo, package):
    mo.md(f"""
    # A first hour with Pactwatch

    The release in `{package}`: what is in it, what happened between two states, how well it is attested, and who says so.
    Set `PACTWATCH_PACKAGE` to look at another one.
    """)


@app.cell
def _(db):
    counts = db.sql("""
        SELECT type, count(*) FILTER (WHERE status = 'occurred') AS occurred, count(*) AS told
        FROM events GROUP BY type ORDER BY told DESC, type
    """).pl()
    counts
    return (counts,)


@app.cell
def _(mo):
    mo.md("""
    ## Two states

    Status first: what is planned, imagined or denied is recorded too. Any two ISO codes will do.
    """)


@app.cell
def _(mo):
    one = mo.ui.text(value="IRN", label="one side")
    other = mo.ui.text(value="SAU", label="the other")
    mo.hstack([one, other], justify="start")
    return one, other


@app.cell
def _(db, one, other):
    between = db.sql(
        "SELECT date, type, status, actors, place, sources, origins, event_id FROM timeline "
        "WHERE list_has_all(countries, [?, ?]) ORDER BY date_start NULLS LAST, event_id",
        params=[one.value, other.value],
    ).pl()
    between
    return (between,)


@app.cell
def _(mo):
    mo.md("""
    ## Who says so?

    The words behind the event of that list which most documents tell. Each has the document it stands in and where.
    """)


@app.cell
def _(between, db, mo):
    mo.stop(between.is_empty(), mo.md("Nothing is told of these two: try IRN and PAK."))
    asked = between.sort(["sources", "event_id"], descending=[True, False])["event_id"][0]
    proof = db.sql(
        "SELECT field, value, quote, source_title, start FROM evidence WHERE record_id = ? ORDER BY field, value, source_id, start",
        params=[asked],
    ).pl()
    proof
    return asked, proof


@app.cell
def _(db, mo):
    origins = db.sql("SELECT origins, count(*) AS events FROM events GROUP BY origins ORDER BY origins").pl()
    alone = origins.filter(origins["origins"] == 1)["events"].sum()
    mo.md(f"""
    ## How well is it attested?

    {alone} of {origins["events"].sum()} events rest on one independent origin. Read those as "somebody says", and look at the
    words before you rely on one.
    """)
    return alone, origins


@app.cell
def _(mo):
    mo.md("""
    ## Where to go on

    The cookbook has twelve questions in SQL, and every table and view has its columns described:
    `SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'events'`.
    """)


if __name__ == "__main__":
    app.run()
