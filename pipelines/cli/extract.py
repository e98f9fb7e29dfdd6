"""`pactwatch extract`: what one document yields, and, against an annotation of it, what is missed and what is wrong."""

from pathlib import Path
from typing import Any

from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, PactwatchError


def extract(file: Path, gold: Path | None, *, as_json: bool) -> int:
    """Reads one document by itself and prints its events, agreements and actors. Nothing is published or kept."""
    from pipelines.resolve.single import read_single

    if not file.is_file():
        raise PactwatchError("no such file", file, "give a .txt, .md or .html file", EXIT_NOT_FOUND)
    found = read_single(file, None if gold is None else _annotation(gold))
    if as_json:
        say_json(found)
    else:
        _print(found)
    return EXIT_OK


def _annotation(path: Path) -> dict[str, Any]:
    from pipelines.declarations import load_yaml
    from pipelines.resolve.gold import check_annotation

    if not path.is_file():
        raise PactwatchError("no such file", path, "give the YAML annotation of the document", EXIT_NOT_FOUND)
    annotation = load_yaml(path)
    problem = check_annotation(annotation)
    if problem is not None:
        raise PactwatchError(problem, path, "docs/accuracy.md describes an annotation", EXIT_INVALID)
    return dict(annotation)


def _print(found: dict[str, Any]) -> None:
    say(f"{found['source_id']}  {found['words']} words, published {found['published'] or 'on no day that it tells'}")
    for name in ("events", "agreements"):
        say()
        say(f"{name}: {len(found[name])}")
        for record in found[name]:
            _print_record(record)
        for entry in found.get(f"{name}_missed", []):
            date = entry["date"] or "undated"
            say(
                f"  missed  {'/'.join(entry['kinds'])}, {entry['status']}, {date}, {' '.join(entry['countries'])}: {entry['at'] or ''}"
            )
    say()
    say(
        "actors: "
        + ", ".join(
            f"{a['name']} ({a['office'] or a['kind']}, {a['country'] or 'no country'})" for a in found["actors"]
        )
    )
    if "summary" in found:
        for name, figures in found["summary"].items():
            say(f"{name}: {figures['right']} right, {figures['wrong']} wrong, {figures['missed']} missed")


def _print_record(record: dict[str, Any]) -> None:
    verdict = f"{record['verdict']:8}" if "verdict" in record else ""
    where = f" in {record['place']}" if record["place"] else ""
    say(
        f"  {verdict}{record['kind']}, {record['status']}, {record['date'] or 'undated'}{where}, {' '.join(record['countries'])} ({record['confidence']:.2f})"
    )
    say(f"          {', '.join(record['actors'])}: »{record['quote'] or ''}« at {record['start']}")
    for name, answer in record.get("cells_wrong", {}).items():
        say(f"          {name} should be {answer}")
