"""docs/commands.md: every command as its own help tells it, the exit codes, and how a shell completes."""

import re

import click

from pipelines.cli.app import cli
from pipelines.cli.options import examples_of
from pipelines.errors import EXIT_CODES

_HEAD = """# Commands

<!-- Made by `make pages` from the help of the commands. -->

`pactwatch COMMAND --help` tells the same at the terminal. Data goes to standard output, progress and problems to standard error: one line
for each problem, with what is wrong, where, and what to do. On a terminal long work shows its stage, count and remaining time; in pipes and logs it is
silent. With `--json` a command prints one JSON document and nothing else. A misspelt command, option, table, column, source or id is told with the nearest valid one.
"""

_CODES = """
## Exit codes

| code | means |
|---|---|
"""

_COMPLETION = """
## Completion

The shell completes commands, options, ids of records (with what they are), sources and versions. Once, for your shell:

```sh
echo 'eval "$(_PACTWATCH_COMPLETE=bash_source pactwatch)"' >> ~/.bashrc
echo 'eval "$(_PACTWATCH_COMPLETE=zsh_source pactwatch)"' >> ~/.zshrc
_PACTWATCH_COMPLETE=fish_source pactwatch > ~/.config/fish/completions/pactwatch.fish
```

`pactwatch` must be on the `PATH` then: activate `.venv`, or link `.venv/bin/pactwatch` into `~/.local/bin`.

## Environment

| variable | says |
|---|---|
| `PACTWATCH_HOME` | where everything is kept that is no release (default: `.pactwatch`) |
| `PACTWATCH_OUT` | where releases go, for `build` and `refresh`: a folder, or s3://BUCKET/PREFIX (default: `dist`) |
| `PACTWATCH_PLACES` | stores and folders that every refresh copies them to as well, separated by blanks |
| `PACTWATCH_CLUSTER` | the address of a Dask scheduler whose workers read the documents and resolve, as `--cluster` (see [scale.md](scale.md)) |
| `PACTWATCH_MEMORY_LIMIT` | memory that DuckDB takes in a step before it goes on on the disk, as `--memory-limit` (1GB) |
| `PACTWATCH_SHARDS` | where documents wait for who reads them: a folder that all see, or s3://BUCKET/PREFIX (default: in the state) |
| `PACTWATCH_SOURCES` | the folder of source declarations (default: the project's `sources/`) |
| `PACTWATCH_CONTACT` | a page or mailbox of yours, told to every host that is asked |
| `NO_COLOR` | no colours on a terminal |
"""


def page() -> str:
    """The whole page."""
    codes = "".join(f"| {code} | {_cell(meaning)} |\n" for code, meaning in EXIT_CODES.items())
    commands = "".join(_section(path, command) for path, command in commands_of(cli))
    return f"{_HEAD}{_CODES}{codes}{_COMPLETION}{commands}"


def commands_of(group: click.Group, before: str = "pactwatch") -> list[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it, by name."""
    found: list[tuple[str, click.Command]] = []
    for name, command in sorted(group.commands.items()):
        path = f"{before} {name}"
        found += commands_of(command, path) if isinstance(command, click.Group) else [(path, command)]
    return found


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    words = "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", command.help or ""))
    options = "".join(
        f"| `{option.opts[0] if len(option.opts) == 1 else ', '.join(option.opts)}`{_value(option, context)} | {_cell(_help(option))} |\n"
        for option in command.params
        if isinstance(option, click.Option)
    )
    table = f"\n| option | |\n|---|---|\n{options}" if options else ""
    examples = "\n".join(examples_of(command))
    return f"\n## {path}\n\n`{usage}`\n\n{words}\n{table}\n```sh\n{examples}\n```\n"


def _value(option: click.Option, context: click.Context) -> str:
    return "" if option.is_flag else f" `{option.make_metavar(context)}`"


def _help(option: click.Option) -> str:
    default = f" Default: `{option.default}`." if option.show_default else ""
    return f"{option.help or ''}{default}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
