"""Telling somebody that a run has failed: by a real HTTP server and a real SMTP server on loopback, and no secret in any log."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.alert import Alert, channels, send
from pipelines.assets.alerts import alarm
from pipelines.definitions import JOB, build_definitions
from pipelines.release.checks import Check

ALERT = Alert("Pactwatch: fetch of dawn failed: unreachable", "fetch", "run-1", "dawn", "unreachable: no answer")
TOKEN = "s3cr3t-t0ken"


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def hook(status: int = 204) -> Iterator[tuple[str, list[Any]]]:
    """The address of a webhook, and what was posted to it."""
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/{TOKEN}", posted


class Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over one mail."""

    mails: list[tuple[str, list[str], Message]]
    refuse: bool

    def handle(self) -> None:
        self.say("220 here")
        sender, to = "", []
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word in {"EHLO", "HELO"}:
                self.say("250 here")
            elif word == "MAIL":
                sender = line.split("<")[1].split(">")[0]
                self.say("250 ok")
            elif word == "RCPT":
                to.append(line.split("<")[1].split(">")[0])
                self.say(f"550 no {TOKEN}" if self.refuse else "250 ok")
            elif word == "DATA":
                self.say("354 go on")
                self.mails.append((sender, to, message_from_bytes(self.data())))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mailbox(refuse: bool = False) -> Iterator[tuple[str, list[tuple[str, list[str], Message]]]]:
    """The address of a mail server, and what was sent to it."""
    handler = type("Handler", (Smtp,), {"mails": [], "refuse": refuse})
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)) as port:
        yield f"smtp://127.0.0.1:{port}", handler.mails  # type: ignore[attr-defined]


def test_the_webhook_gets_the_alert_as_json() -> None:
    with hook() as (address, posted):
        assert send(ALERT, {"PACTWATCH_WEBHOOK": address}) == {"webhook": None}
    ((path, kind, body),) = posted
    assert path == f"/{TOKEN}"
    assert kind == "application/json"
    assert body == {
        "text": ALERT.text,
        "job": "fetch",
        "run_id": "run-1",
        "source": "dawn",
        "problem": "unreachable: no answer",
    }


def test_mail_reaches_every_address_and_its_subject_is_one_line() -> None:
    alert = Alert("failed:\r\nBcc: someone@example.org", "fetch", "run-1", None, "why")
    with mailbox() as (server, mails):
        given = {
            "PACTWATCH_SMTP": server,
            "PACTWATCH_MAIL_TO": "a@example.org, b@example.org",
            "PACTWATCH_MAIL_FROM": "p@example.org",
        }
        assert send(alert, given) == {"mail": None}
    ((sender, to, mail),) = mails
    assert (sender, to) == ("p@example.org", ["a@example.org", "b@example.org"])
    assert mail["Subject"] == "failed: Bcc: someone@example.org"
    assert mail["Bcc"] is None
    assert "run  run-1" in str(mail.get_payload())


@pytest.mark.parametrize("status", [302, 403, 500])
def test_a_webhook_that_refuses_does_not_stop_the_mail_and_is_not_named(status: int) -> None:
    with hook(status) as (address, _), mailbox() as (server, mails):
        told = send(
            ALERT, {"PACTWATCH_WEBHOOK": address, "PACTWATCH_SMTP": server, "PACTWATCH_MAIL_TO": "a@example.org"}
        )
    assert told == {"webhook": f"webhook failed: the server answered {status}", "mail": None}
    assert len(mails) == 1


def test_no_error_tells_an_address_or_a_password() -> None:
    gone = {
        "PACTWATCH_WEBHOOK": f"http://127.0.0.1:9/{TOKEN}",
        "PACTWATCH_SMTP": "smtp://127.0.0.1:9",
        "PACTWATCH_MAIL_TO": "a@example.org",
    }
    told = send(ALERT, {**gone, "PACTWATCH_SMTP_USER": "u", "PACTWATCH_SMTP_PASSWORD": TOKEN})
    assert told["webhook"] == "webhook failed: ConnectionError"
    assert told["mail"] == "mail failed: ConnectionRefusedError"
    with mailbox() as (server, mails):
        given = {
            "PACTWATCH_SMTP": server,
            "PACTWATCH_MAIL_TO": "a@example.org",
            "PACTWATCH_SMTP_USER": "u",
            "PACTWATCH_SMTP_PASSWORD": TOKEN,
        }
        assert send(ALERT, given) == {
            "mail": "mail failed: the server offers no encryption, and the password is not sent without"
        }
    assert mails == []
    with mailbox(refuse=True) as (server, _):
        told = send(ALERT, {"PACTWATCH_SMTP": server, "PACTWATCH_MAIL_TO": "a@example.org"})
    assert told == {"mail": "mail failed: SMTPRecipientsRefused"}
    assert send(ALERT, {"PACTWATCH_SMTP": "mail.example.org", "PACTWATCH_MAIL_TO": "a"}) == {
        "mail": "mail failed: PACTWATCH_SMTP is no smtp:// or smtps:// address"
    }


def test_nothing_is_sent_where_nothing_is_configured() -> None:
    assert channels({}) == []
    assert channels({"PACTWATCH_SMTP": "smtp://h"}) == []
    assert send(ALERT, {}) == {}


def test_the_sensor_tells_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh that a check stops, and the alarm that it raises, on one instance."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Iran and Oman signed an agreement on gas in Muscat on 5 May 2024.\n")
    planted = Check(
        "planted", "No source is named a.", "SELECT source_id FROM sources WHERE source_id = 'a'", ("sources",)
    )
    config = {
        "workspace": {
            "config": {"documents": str(tmp_path / "in"), "out": str(tmp_path / "out"), "home": str(tmp_path / "home")}
        }
    }
    with dg.DagsterInstance.ephemeral() as instance, hook() as (address, posted):
        monkeypatch.setenv("PACTWATCH_WEBHOOK", address)
        result = (
            build_definitions([planted])
            .resolve_job_def(JOB)
            .execute_in_process({"resources": config}, instance=instance, raise_on_error=False)
        )
        assert not result.success
        context = dg.build_run_status_sensor_context(
            sensor_name="alarm",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        alarm(context)
    ((_, _, body),) = posted
    assert (body["job"], body["run_id"], body["source"]) == ("refresh", result.run_id, None)
    assert "planted" in body["problem"]
    assert body["text"].startswith("Pactwatch: refresh failed: ")
