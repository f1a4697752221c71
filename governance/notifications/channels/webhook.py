"""Standard Webhooks 1.0: a POST signed by a key that both sides know (`v1`), and by one of ours (`v1a`)."""

import base64
import json
import secrets as randomness
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks.webhooks import Webhook

from governance.notifications.channels.answer import Answer, http_answer
from governance.notifications.channels.http import post
from governance.notifications.models import Delivery


def keys_make() -> dict[str, str]:
    """A new pair of keys for one channel, in the notation of the standard."""
    return {
        "key": f"whsec_{base64.b64encode(randomness.token_bytes(32)).decode()}",
        "private": f"whsk_{base64.b64encode(randomness.token_bytes(32)).decode()}",
    }


def public_key(private: str) -> str:
    """What a receiver verifies `v1a` with; no secret."""
    raw = _private(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"whpk_{base64.b64encode(raw).decode()}"


def send(delivery: Delivery, secret: dict[str, str], *, may_be_private: bool) -> Answer:
    """Raises OSError where nothing answers."""
    body = json.dumps(delivery.data, ensure_ascii=False, separators=(",", ":"))
    headers = signed_headers(f"msg_{delivery.pk.hex}", datetime.now(UTC), body, secret)
    reply = post(secret["url"], body.encode(), headers, may_be_private=may_be_private)
    return http_answer(reply.status, reply.body, reply.retry_after)


def signed_headers(
    message_id: str, at: datetime, body: str, secret: dict[str, str]
) -> dict[str, str]:
    """The three headers of the standard. The library knows `v1`; what `v1a` signs is the same text."""
    at = at.replace(microsecond=0)
    signatures = [Webhook(secret["key"]).sign(message_id, at, body)]
    signed = f"{message_id}.{int(at.timestamp())}.{body}".encode()
    signatures.append(f"v1a,{base64.b64encode(_private(secret['private']).sign(signed)).decode()}")
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "governance-console",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.removeprefix("whsk_")))
