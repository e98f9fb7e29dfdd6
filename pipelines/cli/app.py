"""The root of the commands, and how their errors are told. What the commands are stands in asking, making and keeping."""

import os
import sys
from collections.abc import Sequence

import click

from pipelines.cli import asking, keeping, making
from pipelines.cli.options import CODES
from pipelines.cli.terminal import complain
from pipelines.errors import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, PactwatchError
from pipelines.project import ENGINE_VERSION

_EPILOG = f"""\b
To begin:
  pactwatch build                        read the documents that are declared, publish a release
  pactwatch explore                      look at it in a browser
  pactwatch query "FROM timeline"        ask it in SQL
  pactwatch doctor                       what is wrong here, if anything

{CODES}

The shell completes commands, options and ids: see docs/commands.md."""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(ENGINE_VERSION, prog_name="pactwatch")
def cli() -> None:
    """Events and agreements between states, from texts to a validated data package.

    Data goes to standard output, progress and problems to standard error; what is shown on a terminal while work goes
    on is not in pipes. State is kept in PACTWATCH_HOME (default: .pactwatch).
    """


for command in (*making.COMMANDS, *asking.COMMANDS, *keeping.COMMANDS):
    cli.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Runs one command; its exit code. Every foreseen error is one line on stderr."""
    try:
        code = cli.main(list(arguments), prog_name="pactwatch", standalone_mode=False)
    except PactwatchError as error:
        complain(str(error))
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough. Nothing more can be flushed to it either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILURE
    return code if isinstance(code, int) else EXIT_OK
