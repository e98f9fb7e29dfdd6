"""`python -m manual RELEASES`: writes the pages that are made, and says which of them changed. RELEASES holds a release of corpus/ alone."""

import sys
from pathlib import Path

from manual import codebook, commands, cookbook

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main(releases: Path) -> None:
    """Writes every page; the answers of the cookbook are those of the newest release in `releases`."""
    pages = {
        "commands.md": commands.page(),
        "codebook.md": codebook.codebook(),
        "dictionary.md": codebook.dictionary(),
        "cookbook/index.md": cookbook.page(releases),
    }
    for name, made in pages.items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != made:
            path.write_text(made, encoding="utf-8")
            print(f"docs/{name}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
