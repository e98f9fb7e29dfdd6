"""`python -m manual`: writes the pages that are made, and says which of them changed."""

from pathlib import Path

from manual import commands

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = {"commands.md": commands.page}


def main() -> None:
    """Writes every page."""
    for name, page in PAGES.items():
        path, made = DOCS / name, page()
        if not path.exists() or path.read_text(encoding="utf-8") != made:
            path.parent.mkdir(exist_ok=True)
            path.write_text(made, encoding="utf-8")
            print(f"docs/{name}")  # noqa: T201


if __name__ == "__main__":
    main()
