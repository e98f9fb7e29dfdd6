"""`pactwatch explore`: the page of the newest release, opened or served."""

import webbrowser
from pathlib import Path

from pipelines.cli.terminal import say
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError


def explore(package: Path, *, serve: bool, port: int, look: bool) -> int:
    """Opens the page in a browser, or serves the release on loopback until it is interrupted; prints the address."""
    from pipelines.explorer.build import PAGE
    from pipelines.release.versions import newest_package

    folder = newest_package(package).resolve()
    page = folder / PAGE
    if not page.is_file():
        raise PactwatchError(
            "the release has no page", page, "build again with this version of pactwatch", EXIT_NOT_FOUND
        )
    if serve:
        return _serve(folder, port, look=look)
    say(page.as_uri())
    if look:
        webbrowser.open(page.as_uri())
    return EXIT_OK


def _serve(folder: Path, port: int, *, look: bool) -> int:
    import sys

    from pipelines.release.served import HOME, server

    with server(folder, port) as serving:
        address = f"http://{serving.server_address[0]!s}:{serving.server_address[1]}{HOME}"
        say(address)
        sys.stdout.flush()
        if look:
            webbrowser.open(address)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return EXIT_OK  # that is how it is meant to end
    return EXIT_OK
