"""`pactwatch archive …`: what is in the archive, whether all of it is whole, and its index built anew."""

from collections import Counter

from pipelines.archive.archive import Archive
from pipelines.cli.terminal import complain, say, say_json
from pipelines.cli.watch import display
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, PactwatchError
from pipelines.progress import counted
from pipelines.project import home

_TOLD = 20


def _open(*, read_only: bool = True, reindex: bool = False) -> Archive:
    folder = home() / "archive"
    if not folder.is_dir():
        raise PactwatchError("there is no archive", folder, "it is made by `pactwatch refresh`", EXIT_NOT_FOUND)
    return Archive(folder, read_only=read_only, reindex=reindex)


def status(*, as_json: bool) -> int:
    """Tells the state and what each source has in it."""
    with _open() as archive:
        sources = {source: Counter(c.kind for c in archive.history(source)) for source in archive.sources()}
        urls = {source: len(archive.newest(source)) for source in sources}
        size = sum(path.stat().st_size for path in archive.folder.glob("warc/*"))
        told = {
            "head": archive.head,
            "folder": str(archive.folder),
            "bytes": size,
            "sources": {name: {"urls": urls[name], **dict(sorted(sources[name].items()))} for name in sources},
        }
    if as_json:
        say_json(told)
        return EXIT_OK
    say(f"state   {told['head']} captures")
    say(f"folder  {told['folder']} ({size / 1e6:,.1f} MB)")
    for name, kinds in sources.items():
        counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
        say(f"{name:<24} {urls[name]:,} addresses: {counted}")
    return EXIT_OK


def check(*, as_json: bool = False) -> int:
    """Reads every payload and proves its hash; EXIT_INVALID where one is damaged or missing."""
    problems = []
    proven: set[str] = set()
    with _open() as archive, display("reading the archive"):
        for source in archive.sources():
            for capture in counted(list(archive.history(source)), f"captures of {source}"):
                digest = capture.payload_sha256
                if digest is None or digest in proven:
                    continue
                proven.add(digest)
                try:
                    archive.payload(capture)
                except PactwatchError as error:
                    problems.append(str(error))
        head = archive.head
    if as_json:
        payloads = {"proven": len(proven) - len(problems), "of": len(proven)}
        say_json({"head": head, "ok": not problems, "payloads": payloads, "problems": problems})
        return EXIT_INVALID if problems else EXIT_OK
    for problem in problems[:_TOLD]:
        complain(problem)
    if len(problems) > _TOLD:
        complain(f"and {len(problems) - _TOLD} more")
    say(f"{head:,} captures, {len(proven) - len(problems):,} of {len(proven):,} payloads proven by their hash")
    return EXIT_INVALID if problems else EXIT_OK


def reindex() -> int:
    """Builds the index anew from the WARC files that are there."""
    with _open(read_only=False, reindex=True) as archive:
        say(f"{archive.head:,} captures")
    return EXIT_OK
