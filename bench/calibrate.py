"""Fits the weights of the confidence of records to annotated documents, and holds them against others.

usage: .venv/bin/python bench/calibrate.py [--check]

Fitted to `tests/gold/dev` and the sentences for tuning: a logistic model, by Newton's method from zero, with a ridge that
keeps features of few cases near nothing. Deterministic. Writes `sql/resolve/65_weights.sql` and prints, as Markdown, how
many of the records of each range of confidence are right, on dev (each document by weights fitted without it) and on test,
which is only counted. `--check` writes nothing.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipelines.declarations import load_yaml  # noqa: E402
from pipelines.extract.run import extract_documents  # noqa: E402
from pipelines.ingest.document import Document  # noqa: E402
from pipelines.ingest.folder import read_sources  # noqa: E402
from pipelines.ingest.registry import Registry, adhoc  # noqa: E402
from pipelines.resolve.gold import attributes, pair, records_of  # noqa: E402
from pipelines.resolve.run import resolution  # noqa: E402
from tests.scoring import document  # noqa: E402

GOLD = ROOT / "tests" / "gold"
WEIGHTS = ROOT / "sql" / "resolve" / "65_weights.sql"
RIDGE = 2.0
SENTENCE_WEIGHT = 0.3  # a sentence by itself is read more easily than one within a document
RANGES = ((0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.85), (0.85, 0.9), (0.9, 0.95), (0.95, 1.0))
CORE = ("type", "instrument", "countries", "status", "date", "undated")


class Case(NamedTuple):
    """A record as one document tells it: its features, and whether it is right."""

    group: str
    record_type: str
    features: dict[str, float]
    origins: int
    right: bool
    exact: bool
    weight: float


def main() -> None:
    """Fits, writes, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    dev = [*folder("dev"), *sentences()]
    weights = {kind: fit([c for c in dev if c.record_type == kind]) for kind in ("agreement", "event")}
    if not options.check:
        WEIGHTS.write_text(sql(weights), encoding="utf-8")
    documents = [c for c in dev if c.weight == 1.0]
    table("dev", [(c, confidence(c, without(dev, c))) for c in documents])
    test = folder("test")
    table("test", [(c, confidence(c, weights[c.record_type])) for c in test])


def folder(name: str) -> list[Case]:
    """The cases of a folder of annotated documents."""
    documents = read_sources([adhoc(GOLD / name, Registry(()))]).documents
    golds = {Path(g["document"]).stem: g for g in (load_yaml(p) for p in sorted((GOLD / name).glob("*.yaml")))}
    return cases(documents, golds, 1.0)


def sentences() -> list[Case]:
    """The cases of the single sentences for tuning."""
    found: list[Case] = []
    for path in sorted(GOLD.glob("sentences-dev*.yaml")):
        entries = load_yaml(path)
        documents = [document(e["text"], e.get("published"), e["id"]) for e in entries]
        found += cases(documents, {e["id"]: e for e in entries}, SENTENCE_WEIGHT)
    return found


def cases(documents: Sequence[Document], golds: dict[str, dict[str, Any]], weight: float) -> list[Case]:
    """Every record that a document tells, with its annotation looked up; what is only imagined and annotated nowhere is left out."""
    with resolution(documents, extract_documents(documents)) as connection:
        rows = {
            name: rows_of(connection, name)
            for name in ("events", "event_participants", "agreements", "agreement_parties", "actors")
        }
        features = {r.pop("record_id"): r for r in rows_of(connection, "record_features")}
        told = sorted({(s["source_id"], s["record_type"], s["record_id"]) for s in rows_of(connection, "statements")})
    actors = {a["actor_id"]: a for a in rows["actors"]}
    records = {
        "event": records_of(rows["events"], rows["event_participants"], actors, "event_id", "type"),
        "agreement": records_of(rows["agreements"], rows["agreement_parties"], actors, "agreement_id", "instrument"),
    }
    origins = {r.get("event_id") or r["agreement_id"]: r["origins"] for r in (*rows["events"], *rows["agreements"])}
    out = []
    for source_id, gold in golds.items():
        for kind, key, listed in (("event", "type", "events"), ("agreement", "instrument", "agreements")):
            here = [record for source, record_type, record in told if (source, record_type) == (source_id, kind)]
            entries = gold.get(listed) or []
            pairs = {j: i for i, j in pair(entries, [records[kind][r] for r in here], key).items()}
            for j, record_id in enumerate(here):
                record = records[kind][record_id]
                if j not in pairs and record.status == "hypothetical":
                    continue
                good = dict(attributes(entries[pairs[j]], record, key)) if j in pairs else {}
                exact = j in pairs and all(good.get(name, True) for name in CORE)
                own = {n: v for n, v in features[record_id].items() if n != "record_type"}
                out.append(Case(source_id, kind, own, origins[record_id], j in pairs, exact, weight))
    return out


def rows_of(connection: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a table, in a fixed order."""
    return connection.sql(f"SELECT * FROM {name} ORDER BY ALL").to_arrow_table().to_pylist()


def fit(listed: Iterable[Case]) -> dict[str, float]:
    """The weights of the features under which what happened is likeliest."""
    listed = sorted(listed, key=lambda c: (c.group, sorted(c.features.items()), c.right))
    names = sorted(listed[0].features)
    x = np.array([[c.features[n] for n in names] for c in listed])
    y = np.array([float(c.right) for c in listed])
    w = np.array([c.weight for c in listed])
    ridge = np.array([0.01 if n == "constant" else RIDGE for n in names])
    beta = np.zeros(len(names))
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (y - p)) - ridge * beta
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        beta = beta + np.linalg.solve(hessian, gradient)
    return dict(zip(names, (round(float(b), 2) + 0.0 for b in beta), strict=True))


_FITTED: dict[tuple[int, str], dict[str, float]] = {}


def without(listed: list[Case], case: Case) -> dict[str, float]:
    """Weights fitted without the fifth of the documents that a case is in."""
    fold = sum(map(ord, case.group)) % 5
    key = (fold, case.record_type)
    if key not in _FITTED:
        rest = [c for c in listed if c.record_type == case.record_type and sum(map(ord, c.group)) % 5 != fold]
        _FITTED[key] = fit(rest)
    return _FITTED[key]


def confidence(case: Case, weights: dict[str, float]) -> float:
    """What `66_confidence.sql` would say."""
    odds = sum(case.features[n] * w for n, w in sorted(weights.items()))
    return round(min(0.99, max(0.01, 1 - 0.5 ** (case.origins - 1) / (1 + float(np.exp(odds))))), 2)


def table(name: str, told: list[tuple[Case, float]]) -> None:
    """How many of the records of each range are right."""
    print(
        f"\n| {name}: confidence | records | mean | right | type, countries, status, date right |\n|---|---:|---:|---:|---:|"
    )
    for low, high in (*RANGES, (0.9, 1.0), (0.0, 1.0)):
        here = [(c, p) for c, p in told if low <= p < high or (high == 1.0 and p == 1.0)]
        if here:
            mean, right, exact = (
                sum(v) / len(here)
                for v in ([p for _, p in here], [c.right for c, _ in here], [c.exact for c, _ in here])
            )
            print(f"| {low:.2f}–{high:.2f} | {len(here)} | {mean:.2f} | {right:.2f} | {exact:.2f} |")


def sql(weights: dict[str, dict[str, float]]) -> str:
    """The weights as a declaration."""
    head = WEIGHTS.read_text(encoding="utf-8").split("VALUES\n")[0]
    values = [
        f"('{kind}', '{name}', {weight})"
        for kind, found in sorted(weights.items())
        for name, weight in sorted(found.items())
    ]
    return head + "VALUES\n" + ",\n".join(values) + ";\n"


if __name__ == "__main__":
    main()
