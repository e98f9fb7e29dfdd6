"""Past states built again: from the archive, the declarations and the code, without the network and without the folders of today."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.archive import Archive
from pipelines.archive.keyed import KeyedStore
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.explorer.sentences import quotable
from pipelines.extract.run import extract_documents
from pipelines.ingest.everything import read_everything
from pipelines.ingest.registry import by_hand, load_registry
from pipelines.ingest.shelf import Shelf
from pipelines.ingest.source import Source
from pipelines.release.checks import run_checks, schema_problems
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.package import Package, write_package
from pipelines.release.plan import plan_release
from pipelines.release.states import State, descriptor_hash, inputs, made_with, state_of
from pipelines.release.versions import newest_release
from pipelines.resolve.run import resolve
from pipelines.tables import published

if TYPE_CHECKING:
    import pyarrow as pa

ARCHIVE, TEXTS, EXTRACTED, PARSED = "archive", "texts", "extracted.sqlite", "parsed.sqlite"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A release that was built again."""

    package: Package
    state: State
    same: bool
    """Whether its descriptor, and so every file but the database, is that of the release to the byte."""
    differs: tuple[str, ...]
    """Which declarations, or `engine`, are not those that the release was made with."""


def replay_state(home: Path, head: int, out: Path) -> Package:
    """Builds the state `head` of the archive under `home` into the empty folder `out`, as a first release."""
    with _archive(home) as archive:
        if not 0 < head <= archive.head:
            what = f"the archive has the states 1 to {archive.head}, and not {head}"
            raise PactwatchError(what, archive.folder, "see `pactwatch archive status`", EXIT_NOT_FOUND)
        return _build(home, archive, load_registry().readable(), head, out)


def replay_version(home: Path, version: str, out: Path, releases: Path) -> Replayed:
    """Builds a release again into the empty folder `out`, beside the one before it, whose ids it carries on.

    That one is taken from the folder `releases` where it is there, else it is built again first.
    """
    state = state_of(home, version, releases / version)
    if state is None:
        what = f"it is not noted what {version} was built from"
        raise PactwatchError(
            what, home, "only releases that were published with this state can be replayed", EXIT_NOT_FOUND
        )
    before = state.previous
    if before is not None and not (out / before).exists():
        if (releases / before / DESCRIPTOR).is_file():
            out.mkdir(parents=True, exist_ok=True)
            shutil.copytree(releases / before, out / before)
        else:
            replay_version(home, before, out, releases)
    with _archive(home) as archive:
        package = _build(home, archive, _sources(state), state.head, out)
    now = made_with()
    differs = tuple(sorted(name for name in {*now, *state.made_with} if now.get(name) != state.made_with.get(name)))
    return Replayed(package, state, descriptor_hash(package.folder) == state.descriptor, differs)


def _archive(home: Path) -> Archive:
    if not (home / ARCHIVE).is_dir():
        raise PactwatchError("there is no archive", home / ARCHIVE, "set PACTWATCH_HOME to the state", EXIT_NOT_FOUND)
    return Archive(home / ARCHIVE, read_only=True)


def _sources(state: State) -> Sequence[Source]:
    registry = load_registry()
    if state.documents is None:
        return registry.readable()
    declared = [source for source in registry.readable() if source.id == state.documents]
    return declared or [by_hand(Path(state.documents))]


def _build(home: Path, archive: Archive, sources: Sequence[Source], head: int, out: Path) -> Package:
    with KeyedStore(home / PARSED) as store:
        ingested = read_everything(sources, archive, until=head, store=store, shelf=Shelf(home / TEXTS))
    if not ingested.documents:
        what = f"no document can be read in state {head} ({len(ingested.rejected)} set aside)"
        raise PactwatchError(what, archive.folder, exit_code=EXIT_NOT_FOUND)
    found = extract_documents(ingested.documents, home / EXTRACTED)
    before = newest_release(out)
    previous = before.tables() if before else None
    plan = plan_release(resolve(ingested.documents, found, ingested.rejected, previous=previous), before)
    _refuse_broken(plan.tables)
    return write_package(plan.tables, out, inputs(), plan=plan, text_of=quotable(ingested.documents))


def _refuse_broken(tables: "Mapping[str, pa.Table]") -> None:
    """PactwatchError where a table or a rule across rows does not hold: the checks that every release passes."""
    problems = [line for table in published() for line in schema_problems(table, tables[table.name])]
    problems += [f"{outcome.check.name}: {outcome.broken} rows" for outcome in run_checks(tables) if not outcome.passed]
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise PactwatchError(f"a check failed ({problems[0]}){more}", exit_code=EXIT_INVALID)
