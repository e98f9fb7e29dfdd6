"""Releases in other places: whole or not there for readers, sent once, never overwritten; in a folder, in memory, in a store that speaks S3."""

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipelines.cli.app import run
from pipelines.errors import EXIT_FAILURE, EXIT_INVALID, EXIT_NOT_FOUND, EXIT_USAGE, PactwatchError
from pipelines.project import ROOT
from pipelines.release import mirror as mirror_module
from pipelines.release.manifest import SUMS, parse_sums, sums
from pipelines.release.mirror import bring_newest, mirror
from pipelines.release.package import write_package
from pipelines.release.verify import verify
from pipelines.release.versions import point_to_newest
from tests.s3 import BUCKET, S3, make_bucket, serving
from tests.sample import sample_rows, to_tables

PREFIX = "pactwatch"
KINDS = ["s3", "memory", "file"]
FILES = ["data/events.parquet", "data/events.csv", "README.md", "CHANGELOG.md", "manifest.json"]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two real releases, 1.0.0 and 1.1.0. Do not change it."""
    out = tmp_path_factory.mktemp("real") / "dist"
    write_package(to_tables(sample_rows()), out)
    assert write_package(to_tables(one_more_row()), out).version == "1.1.0"
    return out


def one_more_row() -> dict[str, list[dict[str, Any]]]:
    rows = sample_rows()
    rows["rejected"].append({"path": "more.txt", "reason": "empty: remove it"})
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three releases of a few files each: all that copying looks at is their names, hashes and descriptors. Do not change it."""
    out = tmp_path_factory.mktemp("made") / "dist"
    for version in ("1.0.0", "1.0.1", "1.1.0"):
        (out / version / "data").mkdir(parents=True)
        (out / version / "datapackage.json").write_text(json.dumps({"version": version, "created": f"2025-{version}"}))
        for name in FILES:
            (out / version / name).write_text(f"{name} of {version}\n")
        (out / version / SUMS).write_text(sums(out / version))
    point_to_newest(out)
    return out


@pytest.fixture
def dist(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "dist", symlinks=True))


def only(made: Path, target: Path, *versions: str) -> Path:
    """A folder of those releases alone."""
    for version in versions:
        shutil.copytree(made / version, target / version)
    return target


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with serving() as started:
        yield started


@pytest.fixture
def s3(server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The server with an empty bucket, and the environment that leads there."""
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    make_bucket(server)
    return server


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place of the kind that the test is parametrized with."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://{BUCKET}/{PREFIX}"
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()
        return f"memory://{PREFIX}"
    return f"file://{tmp_path}/place"


def files_at(address: str) -> dict[str, bytes]:
    """All that readers find at a place, by path, but for the link of a folder."""
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    found = fs.find(root) if fs.exists(root) else []
    return {path[len(root) :].lstrip("/"): fs.cat_file(path) for path in found if not path.endswith("/latest")}


def files_of(out: Path) -> dict[str, bytes]:
    """What of a folder of releases is for readers: the versions and the pointer."""
    paths = [path for path in out.glob("[0-9]*/**/*") if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in [*paths, out / "versions.json"]}


def pointer_at(address: str) -> dict[str, Any]:
    """versions.json of a place."""
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    loaded: dict[str, Any] = json.loads(fs.cat_file(f"{root}/versions.json"))
    return loaded


def newest_at(address: str) -> str | None:
    """What a reader does: the pointer, then every file of the version that it names, each with the right hash. None: no pointer."""
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    try:
        pointer = pointer_at(address)
    except FileNotFoundError:
        return None
    version: str = pointer["latest"]
    path = next(entry["path"] for entry in pointer["versions"] if entry["version"] == version)
    listed = parse_sums(fs.cat_file(f"{root}/{path}/{SUMS}").decode())
    for name, digest in listed.items():
        assert hashlib.sha256(fs.cat_file(f"{root}/{path}/{name}")).hexdigest() == digest, name
    return version


# What is sent


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_a_place_holds_what_the_folder_holds(real: Path, address: str) -> None:
    done = mirror(real, address)
    assert done.versions == ("1.0.0", "1.1.0")
    assert done.newest == newest_at(address) == "1.1.0"
    here = files_of(real)
    assert files_at(address) == here
    # SHA256SUMS are claims and pointers no files of a release.
    listed = [name for name in here if name != "versions.json" and not name.endswith(SUMS)]
    assert (done.files, done.bytes) == (len(listed), sum(len(here[name]) for name in listed))


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_a_second_time_nothing_is_sent(made: Path, address: str, request: pytest.FixtureRequest) -> None:
    mirror(made, address)
    server: S3 | None = request.getfixturevalue("s3") if address.startswith("s3") else None
    if server:
        server.log.clear()
    again = mirror(made, address)
    assert (again.versions, again.files, again.bytes, again.newest) == ((), 0, 0, "1.1.0")
    if server:
        assert {method for method, _ in server.log} <= {"GET", "HEAD"}
        assert len(server.log) < 15, "a listing and the hashes of each version, not its files"


def test_a_folder_has_the_link_and_a_path_will_do(real: Path, tmp_path: Path) -> None:
    mirror(real, str(tmp_path / "share" / "data"))
    assert (tmp_path / "share" / "data" / "latest").readlink() == Path("1.1.0")
    assert verify(tmp_path / "share" / "data" / "1.0.0").ok
    assert mirror(real, str(tmp_path / "share" / "data")).files == 0


def test_data_first_then_the_descriptor_then_the_pointer(made: Path, s3: S3, tmp_path: Path) -> None:
    mirror(only(made, tmp_path / "one", "1.0.0"), f"s3://{BUCKET}/{PREFIX}")
    first, *data, descriptor, pointer = s3.puts()
    assert first == f"{PREFIX}/1.0.0/{SUMS}"
    assert all(path.startswith(f"{PREFIX}/1.0.0/") for path in data)
    assert descriptor == f"{PREFIX}/1.0.0/datapackage.json"
    assert pointer == f"{PREFIX}/versions.json"
    assert len(data) == len(set(data)) == len(FILES)


def test_versions_of_others_stay_in_the_pointer(made: Path, s3: S3, tmp_path: Path) -> None:
    mirror(only(made, tmp_path / "old", "1.0.0"), f"s3://{BUCKET}/{PREFIX}")
    mirror(only(made, tmp_path / "new", "1.1.0"), f"s3://{BUCKET}/{PREFIX}")
    mirror(tmp_path / "old", f"s3://{BUCKET}/{PREFIX}")
    pointer = pointer_at(f"s3://{BUCKET}/{PREFIX}")
    assert pointer["latest"] == "1.1.0"
    assert pointer["versions"] == [
        {"version": version, "path": version, "created": f"2025-{version}"} for version in ("1.0.0", "1.1.0")
    ]


# Broken off


def test_broken_off_it_goes_on_from_there(made: Path, s3: S3, tmp_path: Path) -> None:
    """Each try gets one file further. A reader sees the old version until the new one is whole, and no file is sent twice."""
    out, address = only(made, tmp_path / "dist", "1.0.0"), f"s3://{BUCKET}/{PREFIX}"
    mirror(out, address)
    only(made, out, "1.1.0")
    s3.calm()
    budget = 0

    def some_more(method: str, path: str) -> int | None:
        nonlocal budget
        if method == "PUT":
            budget -= 1
            return 403 if budget < 0 else None
        return None

    s3.before = some_more
    puts = len(parse_sums((made / "1.1.0" / SUMS).read_text())) + 2
    for sent in range(1, puts):
        budget = 1
        with pytest.raises(PactwatchError, match="AccessDenied"):
            mirror(out, address)
        assert len(s3.puts()) == sent
        assert pointer_at(address)["latest"] == "1.0.0"
    budget = 1
    assert mirror(out, address).newest == newest_at(address) == "1.1.0"
    assert len(s3.puts()) == len(set(s3.puts())) == puts


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    "at", [f"1.1.0/{SUMS}", "1.1.0/data/events.parquet", "1.1.0/datapackage.json", "versions.json"]
)
def test_killed_at_a_file_of_the_upload(made: Path, s3: S3, tmp_path: Path, at: str, moment: str) -> None:
    """kill -9 of the real command, just before a file is there or just after it."""
    out, address = only(made, tmp_path / "dist", "1.0.0"), f"s3://{BUCKET}/{PREFIX}"
    mirror(out, address)
    only(made, out, "1.1.0")
    command = [
        sys.executable,
        "-c",
        "from pipelines.cli import main; main()",
        "publish",
        address,
        "--package",
        str(out),
    ]
    process: subprocess.Popen[bytes]
    ready = threading.Event()

    def kill(method: str, path: str) -> int | None:
        if (method, path) == ("PUT", f"{PREFIX}/{at}"):
            ready.wait()
            process.kill()
            return 403
        return None

    if moment == "before":
        s3.before = kill
    else:
        s3.after = kill
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ready.set()
    process.communicate()
    assert process.returncode == -9
    s3.calm()
    assert newest_at(address) == ("1.1.0" if (at, moment) == ("versions.json", "after") else "1.0.0")
    mirror(out, address)
    assert newest_at(address) == "1.1.0"
    assert all(f"{PREFIX}/{at}" != path for path in s3.puts()) == (moment == "after")
    assert files_at(address).keys() == files_of(made).keys() - {
        name for name in files_of(made) if name.startswith("1.0.1/")
    }


def test_half_a_file_and_a_wrong_file_are_sent_again_and_strays_go(made: Path, s3: S3, tmp_path: Path) -> None:
    out, address = only(made, tmp_path / "dist", "1.0.0"), f"s3://{BUCKET}/{PREFIX}"
    mirror(out, address)
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    for name in ("datapackage.json", "README.md"):
        fs.rm_file(f"{root}/1.0.0/{name}")
    fs.pipe_file(f"{root}/1.0.0/manifest.json", b"{")
    same_size = b"x" * (made / "1.0.0" / "CHANGELOG.md").stat().st_size
    fs.pipe_file(f"{root}/1.0.0/CHANGELOG.md", same_size)
    fs.pipe_file(f"{root}/1.0.0/data/other.csv", b"of nobody")
    # Another program's copy, without a hash beside it: it is read, and good.
    fs.pipe_file(f"{root}/1.0.0/data/events.csv", (made / "1.0.0" / "data" / "events.csv").read_bytes())
    s3.log.clear()
    mirror(out, address)
    assert sorted(path.removeprefix(f"{PREFIX}/1.0.0/") for path in s3.puts()) == [
        "CHANGELOG.md", "README.md", "datapackage.json", "manifest.json"
    ]  # fmt: skip
    assert newest_at(address) == "1.0.0"
    assert "1.0.0/data/other.csv" not in files_at(address)


def test_a_file_that_is_lost_at_the_place_is_put_back(made: Path, s3: S3) -> None:
    address = f"s3://{BUCKET}/{PREFIX}"
    mirror(made, address)
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    fs.rm_file(f"{root}/1.0.1/data/events.parquet")
    assert mirror(made, address).versions == ("1.0.1",)
    assert files_at(address) == files_of(made)


def test_a_signature_goes_along_and_may_come_later(made: Path, s3: S3, tmp_path: Path) -> None:
    out, address = only(made, tmp_path / "dist", "1.0.0"), f"s3://{BUCKET}/{PREFIX}"
    mirror(out, address)
    (out / "1.0.0" / f"{SUMS}.minisig").write_text("signed")
    assert mirror(out, address).files == 1
    assert bring_newest(address, tmp_path / "other") == "1.0.0"
    assert (tmp_path / "other" / "1.0.0" / f"{SUMS}.minisig").read_text() == "signed"


# Trouble on the way


def test_errors_that_pass_are_tried_again(made: Path, s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every file is refused twice, with what a store says when it is broken or too busy; some are slow; one answer is lost."""
    tried: dict[str, int] = {}

    def trouble(method: str, path: str) -> int | None:
        if method != "PUT":
            return None
        tried[path] = tried.get(path, 0) + 1
        if path.endswith(".csv"):
            time.sleep(0.02)
        return {1: 500, 2: 503}.get(tried[path])

    lost = 0

    def lose(method: str, path: str) -> int | None:
        # The claim is written and the answer is none: the next try finds it there, and it is ours.
        nonlocal lost
        if method == "PUT" and path.endswith(SUMS) and not lost:
            lost += 1
            return 500
        return None

    s3.before, s3.after = trouble, lose
    monkeypatch.setattr("random.random", lambda: 0.0)  # botocore waits up to a second by its dice
    done = mirror(only(made, tmp_path / "dist", "1.0.0"), f"s3://{BUCKET}/{PREFIX}")
    assert lost == 1
    assert min(tried.values()) == 3
    assert done.newest == newest_at(f"s3://{BUCKET}/{PREFIX}") == "1.0.0"


def told(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int) -> str:
    """The one line on stderr of a command that fails."""
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
    assert err.startswith("pactwatch: ")
    return err


def test_what_is_wrong_is_told_in_one_line(
    made: Path, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(place: str, package: Path = made) -> list[str]:
        return ["publish", place, "--package", str(package)]

    assert "there is no release" in told(publish(f"s3://{BUCKET}/x", tmp_path), capsys, EXIT_NOT_FOUND)
    assert "bucket does not exist" in told(publish("s3://nobodys/x"), capsys, EXIT_FAILURE)
    assert "Protocol not known: nosuch" in told(publish("nosuch://x/y"), capsys, EXIT_FAILURE)
    secret = told(publish("sftp://me:hidden@host/x"), capsys, EXIT_USAGE)
    assert "password" in secret
    assert "hidden" not in secret
    s3.before = lambda method, _: 403 if method == "PUT" else None
    assert "AccessDenied" in told(publish(f"s3://{BUCKET}/x"), capsys, EXIT_FAILURE)
    assert files_at(f"s3://{BUCKET}/x") == {}
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3")
    assert "s3fs" in told(publish(f"s3://{BUCKET}/x"), capsys, EXIT_FAILURE)


def test_nobody_there_and_no_credentials(
    made: Path, s3: S3, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["publish", f"s3://{BUCKET}/x", "--package", str(made)]
    cleared = fsspec.get_filesystem_class("s3").clear_instance_cache
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    cleared()
    assert "Could not connect" in told(command, capsys, EXIT_FAILURE)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    cleared()
    assert "credentials" in told(command, capsys, EXIT_FAILURE)


def test_a_folder_that_cannot_be_written_to(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    line = told(["publish", str(tmp_path / "file" / "x"), "--package", str(made)], capsys, EXIT_FAILURE)
    assert "Not a directory" in line


# Never overwritten


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_other_bytes_under_a_version_are_refused(dist: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    mirror(dist, address)
    before = files_at(address)
    package = dist / "1.0.1"
    (package / "README.md").write_text("Another one.\n")
    (package / SUMS).write_text(sums(package))
    line = told(["publish", address, "--package", str(dist)], capsys, EXIT_FAILURE)
    assert "1.0.1" in line
    assert "never overwritten" in line
    assert files_at(address) == before


def test_a_release_that_was_tampered_with_is_not_sent(dist: Path, s3: S3, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"s3://{BUCKET}/{PREFIX}"
    (dist / "1.0.0" / "data" / "events.csv").write_text("event_id\n")
    assert "not the file that was published" in told(["publish", address, "--package", str(dist)], capsys, EXIT_INVALID)
    assert newest_at(address) is None
    (dist / "1.0.0" / SUMS).write_text(f"{'0' * 64}  ../../secret\n{'0' * 64}  datapackage.json\n")
    assert "not a file of the release" in told(
        ["publish", f"{address}/2", "--package", str(dist)], capsys, EXIT_INVALID
    )
    assert all("secret" not in path for path in s3.puts())


def test_of_two_publishers_of_one_version_one_wins(made: Path, s3: S3, tmp_path: Path) -> None:
    """Both look before either has sent anything."""
    address = f"s3://{BUCKET}/{PREFIX}"
    outs = [only(made, tmp_path / name, "1.0.0") for name in ("a", "b")]
    (outs[1] / "1.0.0" / "README.md").write_text("Built elsewhere.\n")
    (outs[1] / "1.0.0" / SUMS).write_text(sums(outs[1] / "1.0.0"))
    both = threading.Barrier(2)

    def together(method: str, path: str) -> int | None:
        if method == "PUT" and path.endswith(SUMS):
            both.wait(60)
        return None

    s3.before = together
    outcomes: dict[int, Any] = {}

    def publish(number: int) -> None:
        try:
            outcomes[number] = mirror(outs[number], address)
        except PactwatchError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (loser,) = [number for number, outcome in outcomes.items() if isinstance(outcome, PactwatchError)]
    assert "somebody else is sending it" in str(outcomes[loser])
    assert newest_at(address) == "1.0.0"
    assert files_at(address)["1.0.0/README.md"] == (outs[1 - loser] / "1.0.0" / "README.md").read_bytes()


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_what_another_build_has_left_unfinished_is_cleared_when_it_is_old(
    made: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fs, root = fsspec.url_to_fs(
        address, use_listings_cache=False, **({"auto_mkdir": True} if "file" in address else {})
    )
    for name in (SUMS, "data/events.csv", "data/gone.csv"):
        fs.pipe_file(f"{root}/1.0.0/{name}", b"of a build that was lost")
    with pytest.raises(PactwatchError, match="somebody else is sending it"):
        mirror(made, address)
    assert files_at(address)["1.0.0/data/events.csv"] == b"of a build that was lost"
    monkeypatch.setattr(mirror_module, "_ABANDONED", timedelta(0))
    assert mirror(made, address).newest == newest_at(address) == "1.1.0"
    assert "1.0.0/data/gone.csv" not in files_at(address)


# Brought back


@pytest.mark.parametrize("address", KINDS, indirect=True)
def test_the_newest_comes_back_whole(real: Path, address: str, tmp_path: Path) -> None:
    assert bring_newest(address, tmp_path / "dist") is None
    mirror(real, address)
    assert bring_newest(address, tmp_path / "dist") == "1.1.0"
    assert {path.name for path in (tmp_path / "dist").iterdir()} == {".lock", "1.1.0", "latest", "versions.json"}
    for name, content in files_of(real).items():
        if name.startswith("1.1.0/"):
            assert (tmp_path / "dist" / name).read_bytes() == content
    assert bring_newest(address, tmp_path / "dist") is None
    rows = one_more_row()
    rows["events"][0]["confidence"] = 0.5
    assert write_package(to_tables(rows), tmp_path / "dist").version == "1.1.1", "it follows what was brought"
    assert mirror(tmp_path / "dist", address).versions == ("1.1.1",)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("data/events.csv", b"event_id\n", "not the file that was published"),
        (SUMS, b"%s  ../../../stolen\n" % (b"0" * 64), "leads out of the release"),
        (SUMS, b"nothing like hashes\n", "not a list of hashes"),
    ],
)
def test_what_was_tampered_with_at_the_place_is_not_taken(
    made: Path, s3: S3, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    address = f"s3://{BUCKET}/{PREFIX}"
    mirror(made, address)
    fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
    fs.pipe_file(f"{root}/1.1.0/{name}", content)
    with pytest.raises(PactwatchError, match=problem) as caught:
        bring_newest(address, tmp_path / "dist")
    assert caught.value.exit_code == EXIT_INVALID
    assert [path.name for path in (tmp_path / "dist").iterdir()] == [".lock"]
    assert not list(tmp_path.rglob("stolen"))


def test_a_folder_with_a_history_of_its_own_is_not_mixed_with_another(made: Path, s3: S3, tmp_path: Path) -> None:
    address = f"s3://{BUCKET}/{PREFIX}"
    mirror(made, address)
    out = only(made, tmp_path / "dist", "1.0.0")
    (out / "1.0.0" / "README.md").write_text("Built elsewhere.\n")
    (out / "1.0.0" / SUMS).write_text(sums(out / "1.0.0"))
    with pytest.raises(PactwatchError, match=r"has 1\.0\.0 with other bytes"):
        bring_newest(address, tmp_path / "dist")
    assert not (tmp_path / "dist" / "1.1.0").exists()
