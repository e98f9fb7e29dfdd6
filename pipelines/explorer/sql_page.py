"""SQL in the browser: one page beside the releases of a folder, made of DuckDB-WASM where `make sql-page` has brought it.

It stands in a folder `sql/` of its own and not in a release: it serves all of them, weighs more than any, and a release is the same
bytes whether or not npm was at hand.
"""

import gzip
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

FOLDER = "sql"
_HERE = Path(__file__).parent
_PACKAGES = Path("share") / "pactwatch-sql" / "node_modules"
_STAMP = "MADE-OF"
_ARROW_NAMES = ("RecordBatchReader", "Table", "Type", "tableToIPC")
"""What DuckDB-WASM takes of Apache Arrow."""


class Example(Protocol):
    """A query with what it answers, in words."""

    @property
    def comment(self) -> str:
        """One sentence or two."""

    @property
    def sql(self) -> str:
        """The statement."""


def vendored() -> Path | None:
    """The folder of npm packages that `make sql-page` fills, by the lock in `explorer/sql/`; None where it has not run."""
    folder = Path(sys.prefix) / _PACKAGES
    return folder if (folder / "@duckdb" / "duckdb-wasm" / "dist" / "duckdb-eh.wasm").is_file() else None


def build_sql_page(out: Path, packages: Path, examples: Sequence[Example]) -> bool:
    """Writes `out`/sql, beside the releases of the folder `out`; whether it did: not where it stands there as it would be made.

    The same packages and examples give the same bytes. A reader of the page meanwhile has the old one or the new one, whole.
    """
    made_of = _made_of(packages, examples)
    stamp = out / FOLDER / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return False
    made = Path(tempfile.mkdtemp(prefix=".sql-", dir=out))
    try:
        made.chmod(0o755)
        _write(made, packages, examples)
        (made / _STAMP).write_text(made_of, encoding="utf-8")
        target = out / FOLDER
        if target.exists():
            retired = Path(tempfile.mkdtemp(prefix=".sql-", dir=out))
            target.rename(retired / FOLDER)
            made.rename(target)
            shutil.rmtree(retired)
        else:
            made.rename(target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return True


def _made_of(packages: Path, examples: Sequence[Example]) -> str:
    digest = hashlib.sha256()
    for path in (
        *sorted((_HERE / "sql").iterdir()),
        _HERE / "page" / "page.css",
        Path(__file__),
        packages / ".package-lock.json",
    ):
        digest.update(path.read_bytes() if path.is_file() else b"")
    for example in examples:
        digest.update(f"{example.comment}\0{example.sql}\0".encode())
    return f"{digest.hexdigest()}\n"


def _write(made: Path, packages: Path, examples: Sequence[Example]) -> None:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE / "sql"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    listed = json.dumps([f"{example.sql};" for example in examples], ensure_ascii=True).replace("<", "\\u003c")
    page = environment.get_template("sql.html.j2").render(examples=examples, examples_json=listed)
    wasm = packages / "@duckdb" / "duckdb-wasm" / "dist"
    code = (wasm / "duckdb-browser.mjs").read_text(encoding="utf-8")
    arrow = (packages / "apache-arrow" / "Arrow.es2015.min.js").read_text(encoding="utf-8")
    texts = {
        "index.html": page,
        "sql.js": (_HERE / "sql" / "sql.js").read_text(encoding="utf-8"),
        "page.css": (_HERE / "page" / "page.css").read_text(encoding="utf-8"),
        "duckdb.mjs": _unmapped(re.sub(r'from\s*"apache-arrow"', 'from"./arrow.mjs"', code)),
        "duckdb.worker.js": _unmapped((wasm / "duckdb-browser-eh.worker.js").read_text(encoding="utf-8")),
        "arrow.mjs": _unmapped(_as_module(arrow)),
    }
    for name, text in texts.items():
        (made / name).write_text(text, encoding="utf-8", newline="\n")
    packed = gzip.compress((wasm / "duckdb-eh.wasm").read_bytes(), compresslevel=9, mtime=0)
    (made / "duckdb.wasm.gz").write_bytes(packed)
    shutil.copyfile(packages / "apache-arrow" / "LICENSE.txt", made / "LICENSE-apache-arrow.txt")


def _as_module(code: str) -> str:
    """A script that hangs its names on `globalThis.Arrow` or `exports`, as an ES module."""
    names = ", ".join(_ARROW_NAMES)
    return f"const exports = {{}}, module = {{ exports }};\n{code}\nexport const {{ {names} }} = module.exports.Table ? module.exports : globalThis.Arrow;\n"


def _unmapped(code: str) -> str:
    """Without the pointer to a source map, which is not there."""
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", code)
