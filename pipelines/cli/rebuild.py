"""`pactwatch rebuild`."""

import tempfile
from pathlib import Path

from pipelines.cli.terminal import say, say_json
from pipelines.cli.watch import display
from pipelines.errors import EXIT_INVALID, EXIT_OK
from pipelines.project import home


def rebuild(version: str, package: Path, *, as_json: bool = False) -> int:
    """Builds a release again and says whether it is the same; exit code 0 or 4."""
    from pipelines.release.rebuild import rebuild as run_rebuild

    with tempfile.TemporaryDirectory() as work, display(f"building {version} again"):
        found = run_rebuild(version, package, home() / "texts", Path(work) / "again")
    if as_json:
        say_json(
            {
                "version": found.version,
                "ok": found.ok,
                "files": {"same": found.files - len(found.differing), "of": found.files},
                "differs": list(found.differing),
                "changed_inputs": list(found.inputs),
            }
        )
        return EXIT_OK if found.ok else EXIT_INVALID
    say(f"release     {found.version}")
    say(f"files       {found.files - len(found.differing)} of {found.files} the same, byte by byte")
    for name in found.differing:
        say(f"differs     {name}")
    for name in found.inputs:
        say(f"changed     {name}/ is not what it was: check out the project as of that release")
    say("rebuilt" if found.ok else "NOT the same")
    return EXIT_OK if found.ok else EXIT_INVALID
