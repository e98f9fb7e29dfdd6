"""The command line. Data goes to stdout, progress and problems to stderr; heavy libraries are imported inside commands.

Exit codes: 0 done, 1 failure, 2 wrong usage, 3 not found, 4 validation failed (a check, or `verify`),
5 done but for a source that could not be fetched, 6 a package that is not safe to open (`verify`).
"""

import sys
import warnings


def main() -> None:
    """Entry point of `pactwatch`: runs the command and ends the process with its exit code."""
    from pipelines.cli.app import run

    if not sys.warnoptions:
        # Warnings are for those who work on the code; they see them in the tests or with `python -W default`.
        warnings.simplefilter("ignore")
    sys.exit(run(sys.argv[1:]))
