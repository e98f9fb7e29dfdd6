"""`pactwatch doctor`: what is wrong with this installation, and how to mend it."""

from pathlib import Path

from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_INVALID, EXIT_OK

_MARKS = {"good": "ok", "note": "note", "bad": "BAD"}


def doctor(package: Path, *, as_json: bool) -> int:
    """Looks at everything and prints a line for each; EXIT_INVALID where something is broken."""
    from pipelines.cli.health import examine

    found = list(examine(package))
    broken = sum(finding.grade == "bad" for finding in found)
    if as_json:
        say_json({"ok": not broken, "findings": [finding.as_dict() for finding in found]})
    else:
        for finding in found:
            say(f"{_MARKS[finding.grade]:<5} {finding.name:<14} {finding.told}")
            if finding.todo:
                say(f"{'':<20} → {finding.todo}")
        say("nothing is wrong" if not broken else f"{broken} to mend")
    return EXIT_INVALID if broken else EXIT_OK
