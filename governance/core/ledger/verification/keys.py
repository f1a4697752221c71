"""The Ed25519 key that signs checkpoints, as PEM files; knows nothing of what is signed."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class KeyUnusable(ValueError):
    """A key file that is missing, readable by others, or no Ed25519 key."""


def private_key_create(path: Path) -> Ed25519PrivateKey:
    """Write a new private key that only its owner may read. Raises KeyUnusable if the file exists."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: a second --init must not replace the key of all checkpoints signed so far.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyUnusable(f"{path} exists already; it is not replaced") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    return key


def private_key_load(path: Path) -> Ed25519PrivateKey:
    """The signing key. Raises KeyUnusable, also when others than its owner may read the file."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyUnusable(f"{path} may be read by others; chmod 600 it")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} is no Ed25519 key")
    return key


def public_key_load(path: Path) -> Ed25519PublicKey:
    """The public key against which checkpoints are checked. Raises KeyUnusable."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{path} is no Ed25519 key")
    return key


def public_key_pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_key_hex(key: Ed25519PublicKey) -> str:
    """The 32 raw bytes in hex: what a person can compare over the telephone."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
