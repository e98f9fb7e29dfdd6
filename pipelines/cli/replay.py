"""`pactwatch replay`: a past state or release, built again from the archive."""

import re
from datetime import UTC, datetime, time
from pathlib import Path

from pipelines.archive.archive import Archive
from pipelines.cli.terminal import complain, say, say_json
from pipelines.cli.watch import display
from pipelines.errors import EXIT_INVALID, EXIT_OK, EXIT_USAGE, PactwatchError
from pipelines.project import home

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def replay(
    at: str | None, head: int | None, version: str | None, out: Path, releases: Path, *, as_json: bool = False
) -> int:
    """Builds into `out`; the exit code: EXIT_INVALID where a release does not come out as it was published."""
    if sum(given is not None for given in (at, head, version)) != 1:
        raise PactwatchError("which state", todo="give one of --at, --head and --version", exit_code=EXIT_USAGE)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PactwatchError("not an empty folder", out, "give a folder of its own", EXIT_USAGE)
    state = home()
    if version is not None:
        return _replay_version(state, version, out, releases, as_json=as_json)
    from pipelines.release.replay import replay_state

    moment = None if at is None else parse_moment(at)
    if moment is not None:
        with Archive(state / "archive", read_only=True) as archive:
            head = archive.at(moment)
    assert head is not None
    with display("building again"):
        package = replay_state(state, head, out)
    if as_json:
        say_json({"head": head, "folder": str(package.folder)})
        return EXIT_OK
    say(f"state       {head}")
    say(f"folder      {package.folder}")
    return EXIT_OK


def _replay_version(state: Path, version: str, out: Path, releases: Path, *, as_json: bool) -> int:
    from pipelines.release.replay import replay_version

    with display(f"building {version} again"):
        made = replay_version(state, version, out, releases)
    if as_json:
        told = {"head": made.state.head, "folder": str(made.package.folder), "version": version, "ok": made.same}
        say_json({**told, "changed_inputs": list(made.differs)})
        return EXIT_OK if made.same else EXIT_INVALID
    say(f"state       {made.state.head}")
    say(f"folder      {made.package.folder}")
    if made.differs:
        complain(f"not what {version} was made with any more: {', '.join(made.differs)}")
    if made.same:
        say(f"{version} came out as it was published, to the byte")
        return EXIT_OK
    complain(
        f"{version} did not come out as it was published" + ("" if made.differs else ": the state was tampered with")
    )
    return EXIT_INVALID


def parse_moment(text: str) -> datetime:
    """A time in ISO 8601, UTC where it bears no zone; a day means its end."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        todo = "write 2026-11-25 or 2026-11-25T10:00:00Z"
        raise PactwatchError(f"{text!r} is no time", todo=todo, exit_code=EXIT_USAGE) from error
    if _DAY.fullmatch(text.strip()):
        moment = datetime.combine(moment, time(23, 59, 59))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
