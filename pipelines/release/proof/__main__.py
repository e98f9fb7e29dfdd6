"""The process that bounded.py starts: it sets its own bounds, verifies, and prints its report, a line for each thing that it reads."""

import json
import resource
import sys
from pathlib import Path

from pipelines.release.proof.report import Report


def _main() -> None:
    order = json.loads(sys.argv[1])
    for what, most in ((resource.RLIMIT_AS, order["memory"]), (resource.RLIMIT_CPU, order["seconds"])):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from pipelines.release.verify import verify

    texts, documents = (None if order[key] is None else Path(order[key]) for key in ("texts", "documents"))
    package = Path(order["package"])
    report = verify(package, texts, documents, Report(package, watcher=lambda report: _tell(report, done=False)))
    _tell(report, done=True)


def _tell(report: Report, *, done: bool) -> None:
    sys.stdout.write(json.dumps({"report": report.to_json(), "done": done}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
