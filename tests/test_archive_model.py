"""The archive against a model of it: a list of what was added. Whatever is added in whatever order, both tell the same."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipelines.archive.archive import Archive
from pipelines.archive.capture import Capture
from pipelines.fetch.response import Hop, Response, Validators

T0 = datetime(2026, 1, 31, 23, 59, 0, tzinfo=UTC)
SOURCES = st.sampled_from(["wire", "agency"])
URLS = st.sampled_from(["https://a.example/1", "https://a.example/é 2", "http://b.example/"])
BODIES = st.sampled_from([b"", b"one", b"two" * 700, bytes(range(256))])
TEXTS = st.text(max_size=12)
# Mostly forwards, as clocks go, at times back.
STEPS = st.integers(min_value=-40, max_value=4000)


@dataclass
class Model:
    captures: list[Capture] = field(default_factory=list)
    bodies: dict[int, bytes | None] = field(default_factory=dict)
    archived: list[datetime] = field(default_factory=list)

    def of(self, source_id: str, url: str) -> list[Capture]:
        return [c for c in self.captures if (c.source_id, c.url) == (source_id, url)]


class ArchiveMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.archive = Archive(self.folder, max_file=2500)
        self.model = Model()
        self.now = T0

    def teardown(self) -> None:
        self.archive.close()
        shutil.rmtree(self.folder)

    def added(self, capture: Capture, body: bytes | None, archived_at: datetime) -> None:
        assert capture.seq == len(self.model.captures) + 1
        assert capture.payload_sha256 == (None if body is None else hashlib.sha256(body).hexdigest())
        self.model.captures.append(capture)
        self.model.bodies[capture.seq] = body
        self.model.archived.append(max([archived_at, *self.model.archived]))

    @rule(source=SOURCES, url=URLS, body=BODIES, etag=TEXTS, step=STEPS, hops=st.integers(0, 2))
    def respond(self, source: str, url: str, body: bytes, etag: str, step: int, hops: int) -> None:
        self.now += timedelta(seconds=step)
        way = (Hop("https://a.example/0", 302, url),) * hops
        known = any(stored == body for stored in self.model.bodies.values())
        response = Response(url, url, 200, "OK", (("ETag", etag), ("X", "\r\n")), body, self.now, way)
        capture = self.archive.add_response(source, response)
        assert capture.kind == ("revisit" if known else "response")
        assert (capture.url, capture.etag, capture.captured_at) == (url, etag_of(etag), self.now)
        self.added(capture, body, self.now)

    @rule(source=SOURCES, url=URLS, step=STEPS)
    def not_modified(self, source: str, url: str, step: int) -> None:
        past = [c for c in self.model.of(source, url) if c.payload_sha256]
        if not past:
            return
        self.now += timedelta(seconds=step)
        capture = self.archive.add_response(source, Response(url, url, 304, "Not Modified", (), b"", self.now))
        assert (capture.kind, capture.etag) == ("revisit", past[-1].etag)
        self.added(capture, self.model.bodies[past[-1].seq], self.now)

    @rule(source=SOURCES, name=st.sampled_from(["a.txt", "b\n.txt"]), body=BODIES, step=STEPS)
    def file(self, source: str, name: str, body: bytes, step: int) -> None:
        self.now += timedelta(seconds=step)
        past = self.model.of(source, f"file:{name}")
        capture = self.archive.add_file(source, name, body, self.now)
        if past and self.model.bodies[past[-1].seq] == body:
            assert capture is None
            return
        assert capture is not None
        self.added(capture, body, self.now)

    @rule(source=SOURCES, url=URLS, status=st.sampled_from([404, 410, None]), step=STEPS)
    def gone(self, source: str, url: str, status: int | None, step: int) -> None:
        self.now += timedelta(seconds=step)
        past = self.model.of(source, url)
        capture = self.archive.add_gone(source, url, self.now, status, "no longer there")
        if past and past[-1].kind == "gone" and past[-1].status == status:
            assert capture == past[-1]
            return
        assert capture.kind == "gone"
        self.added(capture, None, self.now)

    @rule(source=SOURCES, url=URLS, body=BODIES, back=st.integers(-10_000_000, 100))
    def copy(self, source: str, url: str, body: bytes, back: int) -> None:
        moment = self.now + timedelta(seconds=back)
        past = self.model.of(source, url)
        capture = self.archive.add_copy(source, Response(url, url, 200, "OK", (), body, moment), self.now)
        if past and past[-1].captured_at >= moment:
            assert capture is None
            return
        assert capture is not None
        assert capture.captured_at == moment
        self.added(capture, body, self.now)

    @rule()
    def reopen(self) -> None:
        self.archive.close()
        self.archive = Archive(self.folder, max_file=2500)

    @precondition(lambda self: len(self.model.captures) > 3)
    @rule(how=st.sampled_from(["reindex", "lost index"]))
    def rebuild(self, how: str) -> None:
        rows = self.archive.index_rows()
        if how == "reindex":
            self.archive.reindex()
        else:
            self.archive.close()
            (self.folder / "index.sqlite").unlink()
            self.archive = Archive(self.folder, max_file=2500)
        assert self.archive.index_rows() == rows

    @invariant()
    def tells_what_the_model_tells(self) -> None:
        model, archive = self.model, self.archive
        assert archive.head == len(model.captures)
        for until in {0, 1, archive.head // 2, archive.head}:
            past = model.captures[:until]
            assert archive.sources(until) == sorted({c.source_id for c in past})
            for source in ("wire", "agency"):
                newest = {c.url: c for c in past if c.source_id == source}
                assert archive.newest(source, until=until) == [newest[url] for url in sorted(newest)]
                assert list(archive.history(source, until=until)) == [c for c in past if c.source_id == source]
        for moment in {T0, self.now, *model.archived[-2:]}:
            assert archive.at(moment) == sum(archived <= moment for archived in model.archived)
        for capture in model.captures[-3:]:
            assert archive.newest_of(capture.source_id, capture.url) == model.of(capture.source_id, capture.url)[-1]
            assert archive.first_seen(capture) == self.first_seen(capture)
            if (body := model.bodies[capture.seq]) is not None:
                assert archive.payload(capture) == body
            assert archive.validators(capture.source_id, capture.url) == self.validators(capture)

    def first_seen(self, capture: Capture) -> datetime:
        seen = capture
        for other in reversed(self.model.of(capture.source_id, capture.url)):
            if other.seq <= capture.seq:
                if other.payload_sha256 != capture.payload_sha256:
                    break
                seen = other
        return seen.captured_at

    def validators(self, capture: Capture) -> Validators | None:
        past = [c for c in self.model.of(capture.source_id, capture.url) if c.payload_sha256]
        if not past or past[-1].etag is None:
            return None
        return Validators(past[-1].etag, None, past[-1].final_url)


def etag_of(text: str) -> str | None:
    """As it is kept: one that is empty makes no request conditional."""
    return text.encode("utf-8", "backslashreplace").decode() or None


TestArchive = ArchiveMachine.TestCase
TestArchive.settings = settings(max_examples=25, stateful_step_count=30)
