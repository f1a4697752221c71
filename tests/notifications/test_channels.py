"""However a provider misbehaves, a message ends in the right state, its answer readable, without a secret."""

import base64
import json
import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID
from standardwebhooks.webhooks import Webhook

from governance.core.identity.acting import acting_as_system
from governance.notifications.channels import http
from governance.notifications.channels.address import PrivateAddress, is_public, resolve
from governance.notifications.channels.answer import retry_after_s
from governance.notifications.channels.secrets import secret_read, secret_write
from governance.notifications.channels.services import secrets_rewrite
from governance.notifications.channels.webhook import public_key
from governance.notifications.models import Attempt, Channel, Family
from governance.notifications.outbox.plan import mail_channel
from governance.notifications.outbox.send import send_next
from tests.notifications.make import KEY, channel, delivery, messages, webhook_channel
from tests.notifications.provider import HttpProvider

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def tried(to: Channel, at: datetime = NOW, **values: Any) -> Any:
    """One message through the channel, tried once."""
    (pk,) = messages(to, 1, created_at=at, due_at=at, **values)
    assert send_next(at)
    return delivery(pk)


def test_a_message_is_tried_seven_times_ever_later_and_then_given_up(provider):
    provider.mode, provider.says = "500", "en panne"
    (pk,) = messages(webhook_channel(provider.url), 1, due_at=NOW)
    at, waits = NOW, []
    while delivery(pk).state != "DEAD":
        assert send_next(at)
        waits.append(int((delivery(pk).due_at - at).total_seconds()))
        assert not send_next(at)
        at = delivery(pk).due_at
    # The last is the pause before the attempt that was the last.
    assert waits == [30, 60, 120, 240, 480, 960, 0]
    with acting_as_system("test"):
        tries = Attempt.objects.filter(delivery=pk).order_by("number")
        assert [(one.number, one.outcome, one.answer) for one in tries] == [
            (number, "LATER", "HTTP 500 en panne") for number in range(1, 8)
        ]
        assert Channel.objects.get(name="essai").failing_since == NOW
    assert len(provider.taken) == 0


def test_what_a_status_makes_of_a_message(provider):
    to = webhook_channel(provider.url)
    provider.retry_after = "120"
    seen = {}
    for mode in ("ok", "401", "404", "410", "redirect http://127.0.0.1:9/", "429", "503", "409"):
        provider.modes.append(mode)
        one = tried(to)
        wait = one.due_at - NOW if one.state == "WAITING" else None
        seen[mode.split()[0]] = (one.state, one.answer, wait and wait.total_seconds())
    assert seen == {
        "ok": ("DELIVERED", "HTTP 200 ok", None),
        "401": ("DEAD", "HTTP 401 busy", None),
        "404": ("DEAD", "HTTP 404 busy", None),
        "410": ("DEAD", "HTTP 410 busy", None),
        "redirect": ("DEAD", "HTTP 302 busy", None),
        "429": ("WAITING", "HTTP 429 busy", 120),
        "503": ("WAITING", "HTTP 503 busy", 120),
        "409": ("DELIVERED", "HTTP 409 busy", None),
    }


def test_retry_after_is_seconds_or_a_date_and_never_longer_than_an_hour():
    assert retry_after_s("7") == 7
    assert retry_after_s("Mon, 02 Mar 2026 08:02:00 GMT", NOW) == 120
    assert retry_after_s("Mon, 02 Mar 2026 07:00:00 GMT", NOW) == 0
    assert retry_after_s("999999") == 3600
    assert retry_after_s("bientôt") is None


def test_who_hangs_drips_or_hangs_up_is_tried_again(provider, monkeypatch):
    monkeypatch.setattr(http, "READ_S", 0.2)
    monkeypatch.setattr(http, "DEADLINE_S", 0.5)
    to = webhook_channel(provider.url)
    answers = {}
    for mode in ("hang", "drip", "cut", "refuse"):
        provider.modes.append(mode)
        one = tried(to)
        assert (one.state, one.due_at) == ("WAITING", NOW + timedelta(seconds=30)), mode
        answers[mode] = one.answer
    assert answers["hang"] == "TimeoutError: timed out"
    assert answers["drip"] == "TooSlow: no whole answer within 0.5 s"
    assert "RemoteDisconnected" in answers["cut"]


def test_no_secret_survives_in_what_the_provider_said(provider):
    secret = "T0P-S3CR3T/again"
    url = f"{provider.url.replace('127.0.0.1', 'nom:motdepasse@127.0.0.1')}/{secret}?jeton=abcdef"
    to = webhook_channel(url)
    with acting_as_system("test"):
        key = secret_read(to.secret)["key"]
    provider.mode, provider.says = (
        "401",
        f"unknown {secret} motdepasse jeton=abcdef {key}\x00\n\x1b[1m",
    )
    answer = tried(to).answer
    assert answer == "HTTP 401 unknown •••/••• ••• ••• ••• [1m"


def test_a_private_address_is_refused_unless_it_was_allowed(provider):
    one = tried(webhook_channel(provider.url, private=False))
    assert one.state == "DEAD"
    assert one.answer == "127.0.0.1 leads to a private address, which this channel does not allow"
    assert provider.taken == []
    private = (
        "10.0.0.1 172.16.3.4 192.168.1.1 127.0.0.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1"
        " ::1 fe80::1%eth0 fd00::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"
    )
    assert [one for one in private.split() if is_public(one)] == []
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")
    both = [(0, 0, 0, "", (one, 443)) for one in ("93.184.216.34", "192.168.1.1")]
    with pytest.raises(PrivateAddress):
        resolve("deux.test", 443, may_be_private=False, ask=lambda *_args: both)


def test_a_name_is_looked_up_once_and_that_answer_is_connected_to(provider, monkeypatch):
    """A name that says something else on the second look is never asked a second time."""
    port = int(provider.url.rsplit(":", 1)[1].split("/")[0])
    looks = []

    def ask(host: str, _port: int, *_rest: Any) -> list[Any]:
        looks.append(host)
        address = "127.0.0.1" if len(looks) == 1 else "127.0.0.66"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    assert tried(webhook_channel(f"http://change.test:{port}/hook")).state == "DELIVERED"
    assert looks == ["change.test"]
    assert provider.taken[0].headers["host"] == f"change.test:{port}"


def test_a_webhook_is_signed_as_the_standard_says(provider):
    to = webhook_channel(provider.url)
    one = tried(to)
    (taken,) = provider.taken
    assert taken.key == f"msg_{one.pk.hex}"
    with acting_as_system("test"):
        secret = secret_read(to.secret)
    assert Webhook(secret["key"]).verify(taken.body, taken.headers) == json.loads(taken.body)
    signature = dict(part.split(",") for part in taken.headers["webhook-signature"].split())["v1a"]
    stamp = taken.headers["webhook-timestamp"]
    public = base64.b64decode(public_key(secret["private"]).removeprefix("whpk_"))
    Ed25519PublicKey.from_public_bytes(public).verify(
        base64.b64decode(signature), f"{taken.key}.{stamp}.".encode() + taken.body
    )


class TlsProvider(HttpProvider):
    """Its certificate ran out yesterday."""

    scheme = "https"

    def __init__(self, folder: Any) -> None:
        super().__init__()
        self.pem = folder / "server.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        address = x509.IPAddress(__import__("ipaddress").ip_address("127.0.0.1"))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now - timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )

    def wrap(self, server: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )


def test_an_expired_certificate_is_no_channel(tmp_path, monkeypatch):
    tls = TlsProvider(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.pem))
    with tls as provider:
        one = tried(webhook_channel(provider.url))
    assert (one.state, provider.taken) == ("WAITING", [])
    assert "certificate has expired" in one.answer


def test_a_secret_is_read_by_any_key_and_rewritten_by_the_first(settings, provider):
    other = base64.urlsafe_b64encode(bytes(range(100, 132))).decode()
    to = webhook_channel(provider.url)
    settings.CHANNEL_KEYS = [other, KEY]
    assert tried(to).state == "DELIVERED"
    settings.CHANNEL_KEYS = [other]
    one = tried(to)
    assert (one.state, one.answer) == ("DEAD", "no key of CHANNEL_KEYS reads this secret")
    settings.CHANNEL_KEYS = [other, KEY]
    assert secrets_rewrite() == 1
    settings.CHANNEL_KEYS = [other]
    assert tried(to).state == "DELIVERED"
    assert b"127.0.0.1" not in secret_write({"url": provider.url})


def test_apprise_speaks_for_the_families(provider):
    """In a process of its own: no redirect, no private address, the status that Apprise keeps to itself."""
    url = provider.url.replace("http://", "json://")
    to = channel("chat", Family.JSON, {"url": f"{url}/JETON-SECRET"})
    assert tried(to).state == "DELIVERED"
    assert json.loads(provider.taken[0].body)["message"] == "Un essai."
    provider.modes.extend(["429", "404", "redirect http://127.0.0.1:9/JETON-SECRET"])
    provider.retry_after, provider.says = "90", "JETON-SECRET"
    one = tried(to)
    assert (one.state, one.answer, one.due_at) == (
        "WAITING",
        "HTTP 429 •••",
        NOW + timedelta(seconds=90),
    )
    assert (tried(to).state, tried(to).state) == ("DEAD", "DEAD")
    one = tried(channel("dedans", Family.JSON, {"url": url}, private=False))
    assert (one.state, one.answer) == (
        "DEAD",
        "PrivateAddress: 127.0.0.1 leads to a private address, which this channel does not allow",
    )


def test_mail_is_sent_by_smtp_and_its_refusals_are_told_apart(mail):
    with acting_as_system("test"):
        to = mail_channel()
    one = tried(to, address="directeur@exemple.test", html="<p>Un essai.</p>", thread="alert-1-1")
    assert one.state == "DELIVERED"
    (sent,) = mail.mails
    assert sent["Message-ID"] == f"<{one.pk}@exemple.test>"
    assert sent["References"] == sent["In-Reply-To"] == "<alert-1-1@exemple.test>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in sent.walk()][1:] == ["text/plain", "text/html"]

    seen = {}
    for mode in ("451", "552", "cut", "hang"):
        mail.modes.append(mode)
        one = tried(to, address="directeur@exemple.test")
        seen[mode] = (one.state, one.answer)
    assert seen["451"] == ("WAITING", "SMTP 451 busy")
    assert seen["552"] == ("DEAD", "SMTP 552 busy")
    assert seen["cut"] == ("WAITING", "SMTPServerDisconnected: Connection unexpectedly closed")
    assert seen["hang"][0] == "WAITING"
    assert tried(to, address="inconnu@exemple.test").answer == "SMTP 550 5.1.1 no such mailbox"


def test_of_two_channels_the_one_that_hangs_holds_up_only_itself(provider):
    """A message that is being sent holds its channel; the next due one is of another."""
    slow, quick = webhook_channel(provider.url, name="lent"), webhook_channel(provider.url)
    with acting_as_system("test"):
        Channel.objects.filter(pk=slow.pk).update(busy_until=NOW + timedelta(seconds=60))
    (first,) = messages(slow, 1, due_at=NOW - timedelta(seconds=5))
    (second,) = messages(quick, 1, due_at=NOW)
    assert send_next(NOW)
    assert not send_next(NOW)
    assert (delivery(first).state, delivery(second).state) == ("WAITING", "DELIVERED")
    assert send_next(NOW + timedelta(seconds=60))
    assert delivery(first).state == "DELIVERED"
