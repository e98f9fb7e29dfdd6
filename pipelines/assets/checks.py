"""Blocking checks: one a table against its schema, one a reference, one a query of `sql/checks/`. A failed one stops what is downstream."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.assets.workspace import Workspace
from pipelines.errors import PactwatchError
from pipelines.printable import shown
from pipelines.release.checks import Check, Outcome, run_checks, schema_problems
from pipelines.release.floors import fallen, load_floors, rows_before
from pipelines.tables import Table, published

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_CHECK = "schema"
_SHOWN = 3


def schema_check_spec(table: Table) -> dg.AssetCheckSpec:
    """The check that a table keeps its schema."""
    rule = f"Every column, type, key and constraint of schemas/{table.name}.json holds."
    return dg.AssetCheckSpec(SCHEMA_CHECK, asset=table.name, blocking=True, description=rule)


def schema_check(table: Table, data: "pa.Table") -> dg.AssetCheckResult:
    """That check on `data`; where it fails, its description tells column, constraint and values."""
    return schema_check_result(table, data.num_rows, schema_problems(table, data))


def schema_check_result(table: Table, rows: int, problems: Sequence[str]) -> dg.AssetCheckResult:
    """That check, where it was made piece by piece: so many rows, and what was wrong with them."""
    return dg.AssetCheckResult(
        passed=not problems,
        asset_key=table.name,
        check_name=SCHEMA_CHECK,
        description=shown("; ".join(problems)) or None,
        metadata={"rows": rows, "problems": len(problems)},
    )


def rule_checks(checks: Sequence[Check]) -> dg.AssetChecksDefinition:
    """The rules across rows as one step of blocking checks, between the tables and the database."""

    @dg.multi_asset_check(
        name="rules",
        specs=[
            dg.AssetCheckSpec(
                check.name,
                asset=check.tables[0],
                additional_deps=sorted({*check.tables} - {check.tables[0]}),
                blocking=True,
                description=check.rule,
            )
            for check in checks
        ],
    )
    def rules(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        with told_in_one_line():
            staged = {table.name: workspace.opened(table.name) for table in published()}
            outcomes = run_checks(staged, checks, workspace.room)
        for outcome in outcomes:
            yield dg.AssetCheckResult(
                passed=outcome.passed,
                asset_key=outcome.check.tables[0],
                check_name=outcome.check.name,
                description=None if outcome.passed else told(outcome),
                metadata={"rows": outcome.broken},
            )

    return rules


FLOOR_CHECK = "floor"


def floor_checks() -> dg.AssetChecksDefinition:
    """How far a table may shrink from one release to the next, as a step of blocking checks."""
    floors = load_floors()

    @dg.multi_asset_check(
        name="floors",
        specs=[
            dg.AssetCheckSpec(FLOOR_CHECK, asset=floor.table, blocking=True, description=floor.rule) for floor in floors
        ],
    )
    def floor_step(workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        with told_in_one_line():
            before = rows_before(workspace.release_folder)
        for floor in floors:
            now = workspace.rows(floor.table)
            problem = fallen(floor, before, now)
            yield dg.AssetCheckResult(
                passed=problem is None or workspace.accept_fall,
                asset_key=floor.table,
                check_name=FLOOR_CHECK,
                description=problem and f"{problem}{' (let through)' if workspace.accept_fall else ''}",
                metadata={
                    "rows": now,
                    "before": before.get(floor.table, 0),
                    "needed": floor.needed(before.get(floor.table, 0)),
                },
            )

    return floor_step


def told(outcome: Outcome) -> str:
    """What a failed check found, in one line: its rule, how many rows break it, and the first of them."""
    examples = "; ".join(
        ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)[:200]
        for row in outcome.examples[:_SHOWN]
    )
    return shown(f"{outcome.check.rule} {outcome.broken} rows break it: {' '.join(examples.split())}")


@contextmanager
def told_in_one_line() -> Generator[None]:
    """Turns a PactwatchError into a dagster.Failure: its line in the run's pages, its exit code for the command line."""
    try:
        yield
    except PactwatchError as error:
        raise dg.Failure(str(error), metadata={"exit_code": error.exit_code}, allow_retries=False) from error
