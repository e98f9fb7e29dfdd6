"""Documents read in shards: the same statements whoever reads them, and nothing lost or read twice when somebody dies."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.keyed import KeyedStore
from pipelines.errors import EXIT_USAGE, PactwatchError
from pipelines.extract.cache import ExtractionCache, engine_fingerprint
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.run import Extracted, extract_documents
from pipelines.extract.shards import fill as filling
from pipelines.extract.shards.fill import fill
from pipelines.extract.shards.groups import groups
from pipelines.extract.shards.task import documents_file, extract_shard, found_in, name_of
from pipelines.ingest.document import Document
from pipelines.project import ROOT
from pipelines.spread.executors import Spread, executor
from pipelines.spread.store import SharedStore
from tests.cluster import cluster, in_threads, kill
from tests.s3 import BUCKET, make_bucket, serving
from tests.scoring import CORPUS, GOLD, document, documents_of

EVENT = "{0} signed a treaty with Peru in Lima on {1} May 2020.\n"
STATES = ("Chile", "Bolivia", "Ecuador", "Brazil", "Colombia", "Uruguay", "Paraguay", "Panama")


def texts(count: int) -> list[Document]:
    """Documents that each tell one event of their own."""
    return [
        document(EVENT.format(STATES[n % len(STATES)], n % 28 + 1) + f"Remark {n}.\n", "2020-06-01", f"text-{n}")
        for n in range(count)
    ]


def same(one: Extracted, other: Extracted) -> bool:
    """Whether two extractions have found the same, in the same order."""
    return one.raw_statements.equals(other.raw_statements) and one.citations == other.citations


# groups


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), st.integers(50, 2_000))
def test_every_document_is_in_one_group(sizes: list[int], words: int) -> None:
    made = [document("word " * size, source_id=f"d{number}") for number, size in enumerate(sizes)]
    found = groups(made, words)
    assert sorted(d.source_id for group in found for d in group) == sorted(d.source_id for d in made)
    assert all(group == [d for d in made if d in group] for group in found)  # in their order


@given(
    st.sets(st.text("abcdef", min_size=1, max_size=6), min_size=20, max_size=60), st.text("xyz", min_size=1, max_size=5)
)
def test_a_further_document_changes_one_group(names: set[str], further: str) -> None:
    made = [document("word " * 10, source_id=name) for name in sorted(names)]
    before = {tuple(d.source_id for d in group) for group in groups(made, 80)}
    after = {tuple(d.source_id for d in group) for group in groups([*made, document("", source_id=further)], 80)}
    assert len(after - before) == 1
    assert further in next(iter(after - before))


def test_a_shard_is_named_by_what_is_in_it() -> None:
    assert name_of(["a", "b"]) == name_of(["b", "a"])
    assert len({name_of(["a", "b"]), name_of(["ab"]), name_of(["a"]), name_of([])}) == 4


# the same result


@given(words=st.integers(5, 400), known=st.sets(st.integers(0, 11)))
def test_shards_of_any_size_and_any_cache_give_the_same(
    words: int, known: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    made = texts(12)
    alone = extract_documents(made)
    extract_documents([made[n] for n in sorted(known)], folder / "cache")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(filling, "executor", in_threads)
        spread = Spread(str(folder / "store"), workers=2, fewest_words=0, words=words)
        helped = extract_documents(list(reversed(made)), folder / "cache", spread=spread)
    assert same(helped, alone)
    assert helped.read == 12 - len(known)
    assert not [path for path in (folder / "store").rglob("*") if path.is_file()]


def test_processes_of_this_machine_give_the_same(tmp_path: Path) -> None:
    made = list(documents_of(CORPUS))
    told: list[tuple[int, int]] = []
    spread = Spread(str(tmp_path / "store"), workers=2, fewest_words=0, words=1_000)
    helped = extract_documents(made, tmp_path / "cache", lambda done, of: told.append((done, of)), spread)
    assert same(helped, extract_documents(made))
    assert helped.read == len(made)
    shards = len(groups(sorted(made, key=lambda d: d.source_id), 1_000))
    assert 3 < shards < len(made)
    assert [of for _, of in told[:shards]] == [len(made)] * shards
    assert told[shards - 1][0] == len(made)


def test_little_is_read_by_this_process_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "executor", lambda *_: pytest.fail("help was called for"))
    found = extract_documents(texts(3), tmp_path / "cache", spread=Spread(str(tmp_path / "store"), workers=8))
    assert found.read == 3
    assert not (tmp_path / "store").exists()


def test_what_is_known_needs_no_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = texts(6)
    extract_documents(made, tmp_path / "cache")
    monkeypatch.setattr(filling, "executor", lambda *_: pytest.fail("help was called for"))
    spread = Spread(str(tmp_path / "store"), cluster="tcp://127.0.0.1:1", fewest_words=0)
    assert extract_documents(made, tmp_path / "cache", spread=spread).read == 0


# one task


@pytest.fixture
def shard(tmp_path: Path) -> tuple[SharedStore, str, list[Document]]:
    """A shard of three documents in a folder."""
    made = texts(3)
    store = SharedStore(str(tmp_path / "store"))
    kept = ExtractionCache(None, load_lexicon().hash)
    by_key = {kept.key(d): d for d in made}
    name = name_of(list(by_key))
    store.put(f"documents/{name}.parquet", documents_file(by_key))
    return store, name, made


def test_a_task_is_done_once(shard: tuple[SharedStore, str, list[Document]]) -> None:
    store, name, made = shard
    target = extract_shard(store.address, name, engine_fingerprint())
    first = Path(store.address, target)
    before = first.stat().st_mtime_ns, first.read_bytes()
    assert len(found_in(before[1]) or {}) == len(made)
    store.remove([f"documents/{name}.parquet"])
    assert extract_shard(store.address, name, engine_fingerprint()) == target  # without its documents: it reads none
    assert (first.stat().st_mtime_ns, first.read_bytes()) == before


def test_a_damaged_yield_is_made_again(shard: tuple[SharedStore, str, list[Document]]) -> None:
    store, name, _ = shard
    target = extract_shard(store.address, name, engine_fingerprint())
    whole = Path(store.address, target).read_bytes()
    Path(store.address, target).write_bytes(whole[:-20])
    extract_shard(store.address, name, engine_fingerprint())
    assert Path(store.address, target).read_bytes() == whole


def test_a_worker_of_another_version_says_so(shard: tuple[SharedStore, str, list[Document]]) -> None:
    with pytest.raises(PactwatchError, match="a worker has another version"):
        extract_shard(shard[0].address, shard[1], hashlib.sha256(b"another").hexdigest())


# who dies


def test_a_killed_process_is_told_in_a_line_and_the_rest_is_done_by_the_next_try(tmp_path: Path) -> None:
    made = texts(400)
    spread = Spread(str(tmp_path / "store"), workers=2, fewest_words=0, words=300)
    seen: list[int] = []

    def watch(done: int, _of: int) -> None:
        seen.append(done)
        if len(seen) == 2:
            _kill_a_child()

    with pytest.raises(PactwatchError, match="a process that helped was killed"):
        extract_documents(made, tmp_path / "cache", watch, spread)
    with KeyedStore(tmp_path / "cache") as store:
        kept = len(store)
    assert 0 < kept < len(made)
    again = extract_documents(made, tmp_path / "cache", spread=spread)
    assert again.read == len(made) - kept
    assert same(again, extract_documents(made))


def _kill_a_child() -> None:
    """Kills a process that reads documents for this one."""
    import psutil

    children = [p for p in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]
    os.kill(children[0].pid, signal.SIGKILL)


def test_a_cluster_gives_the_same_though_a_worker_is_killed(tmp_path: Path) -> None:
    made = [*documents_of(CORPUS), *documents_of(GOLD / "dev"), *texts(200)]
    alone = extract_documents(made)
    with cluster(tmp_path) as dask:
        spread = Spread(str(tmp_path / "store"), cluster=dask.address, words=300)
        first = True

        def watch(_done: int, _of: int) -> None:
            nonlocal first
            if first:
                kill(dask.processes[-1])
            first = False

        helped = extract_documents(made, tmp_path / "cache", watch, spread)
    assert dask.processes[-1].returncode == -signal.SIGKILL
    assert helped.read == len([d for d in made if d.language.startswith("en")])
    assert same(helped, alone)


def pactwatch(home: Path, *arguments: str) -> str:
    """What a command prints, in a process of its own with a state of its own; it has to succeed."""
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
    environment = {**os.environ, "PACTWATCH_HOME": str(home)}
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_build_by_a_cluster_is_byte_for_byte_that_of_one_process(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for made in texts(9):
        (folder / f"{made.source_id}.txt").write_text(f"Lima, 1 June 2020\n\n{made.text}")

    def files(out: Path) -> dict[str, bytes]:
        return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.glob("1.0.0/data/*")) if p.is_file()}

    given = ("build", "--documents", str(folder), "--out")
    pactwatch(tmp_path / "one", *given, str(tmp_path / "alone"))
    with cluster(tmp_path) as dask:
        told = pactwatch(tmp_path / "other", *given, str(tmp_path / "helped"), "--cluster", dask.address)
    assert "extracted   9 anew" in told
    assert files(tmp_path / "alone") == files(tmp_path / "helped")
    assert len(files(tmp_path / "helped")) > 20


def test_no_scheduler_is_told_in_a_line(tmp_path: Path) -> None:
    with cluster(tmp_path, workers=0) as dask:
        address = dask.address
    with pytest.raises(PactwatchError, match="no Dask scheduler answers"):
        extract_documents(texts(2), tmp_path / "cache", spread=Spread(str(tmp_path / "store"), cluster=address))


def test_without_dask_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(PactwatchError, match=r"Dask is not installed.*extra") as told,
        executor(Spread("store", cluster="tcp://127.0.0.1:1")),
    ):
        pass
    assert told.value.exit_code == EXIT_USAGE


# where shards lie


def test_a_store_of_s3_does_as_a_folder_does_and_its_refusals_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = texts(30)
    monkeypatch.setattr(filling, "executor", in_threads)
    spread = Spread(f"s3://{BUCKET}/shards", workers=2, fewest_words=0, words=60)

    def refuse(method: str, path: str) -> int | None:
        return 403 if method == "PUT" and "/found/" in path else None

    with serving() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        make_bucket(server)
        helped = extract_documents(made, tmp_path / "cache", spread=spread)
        assert same(helped, extract_documents(made))
        assert len([path for path in server.puts() if "/documents/" in path]) == len(groups(made, 60))
        server.before = refuse
        with pytest.raises(PactwatchError, match=r"the store of shards cannot be used.*s3://releases/shards"):
            extract_documents(made, tmp_path / "other", spread=spread)
        server.calm()
        assert same(extract_documents(made, tmp_path / "other", spread=spread), helped)


def test_an_unknown_kind_of_store_is_told_without_its_password() -> None:
    with pytest.raises(PactwatchError) as told:
        SharedStore("gopher://me:secret@host/there")
    assert "secret" not in str(told.value)
    assert "gopher://host/there" in str(told.value)


@given(
    st.dictionaries(
        st.text("abc/", min_size=1, max_size=5).filter(lambda n: "//" not in n and n[0] != "/" and n[-1] != "/"),
        st.binary(max_size=50),
        max_size=4,
    )
)
def test_a_folder_gives_back_what_was_put(files: dict[str, bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = SharedStore(folder)
        put: dict[str, bytes] = {}
        for name, data in files.items():
            if any(
                name != other and (name + "/").startswith(other + "/") or (other + "/").startswith(name + "/")
                for other in put
            ):
                continue  # a name that is a folder of another
            store.put(name, data)
            put[name] = data
        assert {name: store.get(name) for name in put} == put
        store.remove(list(put))
        assert not any(store.holds(name) for name in put)
        assert store.get("absent") is None


def test_a_build_that_is_watched_from_two_threads_keeps_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards come back in any order; what is kept does not hang on it."""
    made = texts(20)

    class Late(ThreadPoolExecutor):
        def submit(self, *args: Any, **named: Any) -> Any:
            time.sleep(0.001 * (threading.active_count() % 3))
            return super().submit(*args, **named)

    @contextmanager
    def late(*_: Any) -> Iterator[tuple[Executor, int]]:
        with Late(1) as pool:
            yield pool, 100

    monkeypatch.setattr(filling, "executor", late)
    with KeyedStore(tmp_path / "cache") as store:
        kept = ExtractionCache(store, load_lexicon().hash)
        assert fill(made, kept, Spread(str(tmp_path / "store"), workers=2, fewest_words=0, words=30)) == 20
        assert kept.lacking(made) == []
