"""The signature of SHA256SUMS, checked by `minisign` itself: nothing of it is done here."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.errors import EXIT_NOT_FOUND, EXIT_USAGE, PactwatchError
from pipelines.release.manifest import SIGNATURE, SUMS
from pipelines.release.proof.folder import Folder

_SECONDS = 60
_NO_KEY = 2  # what minisign ends with where it does not take the key


def check_signature(package: Path, key: str) -> tuple[str | None, str | None]:
    """What the signer of SHA256SUMS says of it, or else what is wrong. `key` is a file of minisign's, or its text.

    PactwatchError where minisign is not installed, or the key is none.
    """
    program = shutil.which("minisign")
    if program is None:
        raise PactwatchError("minisign is not installed", None, "install it, or leave out --public-key", EXIT_NOT_FOUND)
    folder = Folder(package)
    with TemporaryDirectory() as work:
        sums, signature = Path(work) / "sums", Path(work) / "signature"
        try:
            # Copies: the program would follow a link out of the package.
            sums.write_text(folder.text(SUMS), encoding="utf-8", newline="")
            signature.write_text(folder.text(SIGNATURE), encoding="utf-8", newline="")
        except (OSError, ValueError) as error:
            return None, f"{SUMS} or {SIGNATURE} cannot be read ({error})"
        given = ["-p", str(Path(key).resolve())] if Path(key).is_file() else ["-P", key]
        command = [program, "-V", "-Q", *given, "-m", str(sums), "-x", str(signature)]
        ended = subprocess.run(  # noqa: S603 (no shell; the key is an argument of its own)
            command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
    if ended.returncode == _NO_KEY:
        raise PactwatchError("no public key of minisign's", key, "give its file, or its second line", EXIT_USAGE)
    if ended.returncode != 0:
        return None, f"{SUMS} was not signed with this key ({' '.join(ended.stderr.split())[:200]})"
    return ended.stdout.strip()[:200], None
