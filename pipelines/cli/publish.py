"""`pactwatch publish`."""

from dataclasses import asdict
from pathlib import Path

from pipelines.cli.build import sent_line
from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_OK


def publish(place: str, package: Path, *, as_json: bool) -> int:
    """Copies every release in the folder `package` that the place lacks, and says which."""
    from pipelines.release.mirror import mirror

    done = mirror(package, place)
    if as_json:
        say_json(asdict(done))
    else:
        say(f"place       {done.place}")
        say(f"releases    {sent_line(asdict(done))}")
    return EXIT_OK
