"""`pactwatch explore`: the page of the newest release, opened or served."""

import sys
import webbrowser
from pathlib import Path

from pipelines.cli.terminal import say
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError


def explore(package: Path, *, serve: bool, port: int, look: bool) -> int:
    """Opens the page in a browser, or serves the releases on loopback until it is interrupted; prints the address."""
    from pipelines.explorer.build import PAGE
    from pipelines.release.versions import newest_package

    page = newest_package(package).resolve() / PAGE
    if not page.is_file():
        raise PactwatchError(
            "the release has no page", page, "build again with this version of pactwatch", EXIT_NOT_FOUND
        )
    if serve:
        return _serve(package, port, look=look)
    say(page.as_uri())
    if look:
        webbrowser.open(page.as_uri())
    return EXIT_OK


def _serve(package: Path, port: int, *, look: bool) -> int:
    from pipelines.release.served import server

    with server(package, port) as serving:
        say(serving.address)
        sys.stdout.flush()
        if look:
            webbrowser.open(serving.address)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return EXIT_OK  # that is how it is meant to end
    return EXIT_OK
