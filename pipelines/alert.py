"""Telling somebody that a run has failed: a JSON post to a webhook, a mail, or both, as the environment says.

PACTWATCH_WEBHOOK        address that a JSON object is posted to
PACTWATCH_SMTP           smtp://HOST:PORT (STARTTLS where the server offers it) or smtps://HOST:PORT
PACTWATCH_SMTP_USER, PACTWATCH_SMTP_PASSWORD
PACTWATCH_MAIL_TO        addresses, separated by commas
PACTWATCH_MAIL_FROM      default: pactwatch@ and the name of this host

Addresses of webhooks and passwords are secrets: no error says them.
"""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

WEBHOOK, SMTP, TO, FROM = "PACTWATCH_WEBHOOK", "PACTWATCH_SMTP", "PACTWATCH_MAIL_TO", "PACTWATCH_MAIL_FROM"
USER, PASSWORD = "PACTWATCH_SMTP_USER", "PACTWATCH_SMTP_PASSWORD"
_TIMEOUT = 20  # seconds


@dataclass(frozen=True, slots=True)
class Alert:
    """What is told. `text` is for chat services that show the field of that name."""

    text: str
    job: str
    run_id: str
    source: str | None
    """The source whose fetch failed; None for other runs."""
    problem: str


def channels(environment: Mapping[str, str]) -> list[str]:
    """Which of "webhook" and "mail" the environment configures."""
    mail = environment.get(SMTP) and environment.get(TO)
    return [name for name, given in (("webhook", environment.get(WEBHOOK)), ("mail", mail)) if given]


def send(alert: Alert, environment: Mapping[str, str]) -> dict[str, str | None]:
    """Sends by every channel that is configured; by channel what went wrong, None where it was delivered. Raises nothing."""
    senders = {"webhook": _post, "mail": _mail}
    told: dict[str, str | None] = {}
    for channel in channels(environment):
        try:
            senders[channel](alert, environment)
            told[channel] = None
        except Exception as error:  # noqa: BLE001 (an alarm that cannot be raised must not stop the other one)
            # The message of the error may hold the address, and with it the token.
            told[channel] = f"{channel} failed: {_harmless(error)}"
    return told


def _post(alert: Alert, environment: Mapping[str, str]) -> None:
    import requests

    response = requests.post(environment[WEBHOOK], json=asdict(alert), timeout=_TIMEOUT, allow_redirects=False)
    if not response.ok or response.is_redirect:
        raise _RefusedError(f"the server answered {response.status_code}")


def _mail(alert: Alert, environment: Mapping[str, str]) -> None:
    server = urlsplit(environment[SMTP])
    if server.scheme not in {"smtp", "smtps"} or not server.hostname:
        raise _RefusedError(f"{SMTP} is no smtp:// or smtps:// address")
    message = EmailMessage()
    message["Subject"] = " ".join(alert.text.split())[:200]
    message["From"] = environment.get(FROM) or f"pactwatch@{socket.gethostname()}"
    message["To"] = environment[TO]
    message.set_content(f"{alert.text}\n\njob  {alert.job}\nrun  {alert.run_id}\n\n{alert.problem}\n")
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.hostname, server.port or 465, timeout=_TIMEOUT, context=context)
    else:
        client = smtplib.SMTP(server.hostname, server.port or 25, timeout=_TIMEOUT)
    with client:
        if server.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls(context=context)
        if environment.get(USER):
            if not isinstance(client.sock, ssl.SSLSocket):
                raise _RefusedError("the server offers no encryption, and the password is not sent without")
            client.login(environment[USER], environment.get(PASSWORD, ""))
        client.send_message(message)


class _RefusedError(Exception):
    """Something that may be told as it is."""


def _harmless(error: Exception) -> str:
    if isinstance(error, _RefusedError):
        return str(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__
