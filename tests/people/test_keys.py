"""A key that only completes a password is not enough by itself, whoever else's page asked for it."""

import json
from hashlib import sha256

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from governance.core.identity.acting import acting_as_user
from tests.people.test_factors import AUTHENTICATE, half_in, set_up

FLAG = AuthenticatorData.FLAG
HOST = "testserver"
ENTER = "/accounts/2fa/webauthn/login/"


class Key:
    """A key of somebody's, in software; `verifies`: it asks for a finger or a code of its own."""

    def __init__(self, owner):
        self.owner, self._secret = owner, ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self._secret.public_key())
        credential = AttestedCredentialData.create(Aaguid(bytes(16)), b"the-key", public)
        data = AuthenticatorData.create(_host(), FLAG.UP | FLAG.AT, 0, credential)
        with acting_as_user(owner.pk):
            WebAuthn.add(owner, "clé", self._said(
                clientDataJSON=CollectedClientData.create("webauthn.create", b"", f"https://{HOST}"),
                attestationObject=AttestationObject.create("none", data, {}),
            ))  # fmt: skip

    def answer(self, client, *, verifies):
        """What a browser would post for the challenge of this session."""
        challenge = client.session[STATE_SESSION_KEY]["challenge"]
        asked = CollectedClientData.create("webauthn.get", challenge, f"https://{HOST}")
        data = AuthenticatorData.create(_host(), FLAG.UP | (FLAG.UV if verifies else 0), 1)
        return json.dumps(self._said(
            clientDataJSON=asked,
            authenticatorData=data,
            signature=self._secret.sign(data + asked.hash, ec.ECDSA(SHA256())),
            userHandle=user_pk_to_url_str(self.owner).encode(),
        ))  # fmt: skip

    @staticmethod
    def _said(**response):
        name = websafe_encode(b"the-key")
        values = {key: websafe_encode(bytes(value)) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": values,
                "clientExtensionResults": {}}  # fmt: skip


def _host():
    return sha256(HOST.encode()).digest()


def lets_in(client, key, *, verifies):
    client.post(ENTER, {"credential": key.answer(client, verifies=verifies)})
    return client.get("/governance").status_code == 200


def test_a_stolen_key_does_not_let_in_by_somebody_else_s_challenge(comes_in, people):
    """Who owes a second factor has a challenge that asks the key for no finger: no way in alone."""
    key = Key(people["directeur"])
    set_up(comes_in("pca"), "pca")
    thief = half_in("pca")
    assert thief.get(AUTHENTICATE).status_code == 200
    kept = thief.session
    kept["account_login"] |= {"initiated_at": 1}  # a quarter of an hour later nothing is pending
    kept.save()
    assert not lets_in(thief, key, verifies=False)
    asked = Client()
    assert asked.get(ENTER, headers={"Accept": "application/json"}).status_code == 200
    assert not lets_in(asked, key, verifies=False)
    owner = Client()
    owner.get(ENTER, headers={"Accept": "application/json"})
    assert lets_in(owner, key, verifies=True)
