"""A real MediaWiki on loopback: Debian's package, its data in a folder of SQLite files, served by PHP. Needs no root."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

CODE = Path("/usr/share/mediawiki")
_SETTINGS = """
wfLoadExtension( 'Cite' );
wfLoadExtension( 'ParserFunctions' );
$wgRightsUrl = 'https://creativecommons.org/licenses/by-sa/4.0/';
$wgRightsText = 'CC-BY-SA-4.0';
$wgJobRunRate = 0;
# What a busy wiki says of itself, said where a test asks for it; the answers are MediaWiki's own.
$wgHooks['ApiMaxLagInfo'][] = static function ( &$info ) {
    if ( file_exists( '%(folder)s/lag' ) ) {
        $info = [ 'host' => 'replica', 'lag' => (int)file_get_contents( '%(folder)s/lag' ), 'type' => 'db' ];
    }
};
$wgHooks['ApiCheckCanExecute'][] = static function ( $module, $user, &$message ) {
    if ( $module->getModuleName() === 'parse' && file_exists( '%(folder)s/limit' ) ) {
        $message = 'apierror-ratelimited';
        return false;
    }
    return true;
};
"""


def why_not() -> str | None:
    """Why there can be no wiki here; None where there can."""
    if shutil.which("php") is None:
        return "php is not installed (Debian: php-cli php-sqlite3 php-intl)"
    return None if (CODE / "api.php").is_file() else "mediawiki is not installed (Debian: mediawiki)"


class Wiki:
    """One wiki. `folder` is empty before, and all that it keeps is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = f"http://127.0.0.1:{self.port}"
        self.api = f"{self.server}/api.php"
        self._log = folder / "server.log"
        self._environment = {**os.environ, "MW_INSTALL_PATH": str(CODE)}
        self._install()
        self._serve()

    def _install(self) -> None:
        for name in ("data", "config"):
            (self.folder / name).mkdir()
        options = {"dbtype": "sqlite", "dbpath": str(self.folder / "data"), "dbname": "wiki", "confpath": str(self.folder / "config"), "server": self.server, "scriptpath": "", "lang": "en", "pass": "a-long-password-1"}  # fmt: skip
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._maintain("install.php", *arguments, "Wiki of the tests", "Keeper")
        settings = self.folder / "config" / "LocalSettings.php"
        settings.write_text(settings.read_text() + _SETTINGS % {"folder": self.folder})
        self._environment["MW_CONFIG_FILE"] = str(settings)

    def _serve(self) -> None:
        with self._log.open("wb") as log:
            command = ["php", "-S", f"127.0.0.1:{self.port}", "-t", str(CODE)]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self.folder)
        for _ in range(100):
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"no wiki: {self._log.read_text()[-500:]}")

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.api}?action=query&meta=siteinfo&format=json", timeout=30).close()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Stops the server."""
        self._process.terminate()
        self._process.wait(10)

    def edit(self, title: str, text: str) -> None:
        """Saves a page: a new one, or a new revision."""
        self._maintain("edit.php", "--user", "Keeper", "--summary", "test", title, given=text)

    def delete(self, title: str) -> None:
        """Deletes a page."""
        self._maintain("deleteBatch.php", "-u", "Keeper", given=title)

    def undelete(self, title: str) -> None:
        """Brings a deleted page back."""
        self._maintain("undelete.php", "--user", "Keeper", title)

    def move(self, title: str, to: str, *, leave_redirect: bool) -> None:
        """Gives a page another title."""
        self._maintain("moveBatch.php", "--u", "Keeper", *([] if leave_redirect else ["--noredirects"]), given=f"{title}|{to}")  # fmt: skip

    def lags(self, seconds: int | None) -> None:
        """From now on its replicas are behind by so much; None: not at all."""
        self._switch("lag", seconds)

    def limits(self, on: bool) -> None:
        """From now on it renders no page: too many requests."""
        self._switch("limit", 1 if on else None)

    def requests(self) -> list[str]:
        """What was asked of the API so far."""
        return [line.split(" ")[-1].strip() for line in self._log.read_text().splitlines() if "GET /api.php" in line]

    def _switch(self, name: str, value: int | None) -> None:
        if value is None:
            (self.folder / name).unlink(missing_ok=True)
        else:
            (self.folder / name).write_text(str(value))

    def _maintain(self, script: str, *arguments: str, given: str = "") -> None:
        done = subprocess.run(
            ["php", str(CODE / "maintenance" / script), *arguments],
            env=self._environment, input=given, capture_output=True, text=True, check=False, timeout=120, cwd=self.folder,
        )  # fmt: skip
        if done.returncode or "FAILED" in done.stdout:
            raise RuntimeError(f"{script}: {done.stdout[-500:]} {done.stderr[-500:]}")
