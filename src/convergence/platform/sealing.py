"""Free text sealed under a key of the person's own, so that destroying one key erases her words everywhere.

AES-GCM, 256 bits. Each person's key is wrapped by a master key that lives outside the database. The place of
the text (table, person) is authenticated, so a sealed text moved elsewhere does not open.
See docs/decisions/0003-a-key-per-person.md.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from convergence.platform.errors import Refused

NONCE = 12


class Unsealable(Refused):
    """The sealed text was altered, moved, or sealed under another master key."""


def _master() -> AESGCM:
    return AESGCM(base64.b64decode(settings.MASTER_KEY))


def wrap(key: bytes, person_id: int) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + _master().encrypt(nonce, key, f"person:{person_id}".encode())


def unwrap(wrapped: bytes, person_id: int) -> bytes:
    try:
        return _master().decrypt(wrapped[:NONCE], wrapped[NONCE:], f"person:{person_id}".encode())
    except InvalidTag as error:
        raise Unsealable(_("La clé maîtresse de cette instance n’ouvre pas ce dossier.")) from error


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def seal_bytes(content: bytes, key: bytes, place: str) -> bytes:
    """Seal bytes for a place (``table:person``); the result is nonce + ciphertext + tag."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal_bytes(sealed: bytes, key: bytes, place: str) -> bytes:
    """:raises Unsealable: altered, moved, or another key."""
    try:
        return AESGCM(key).decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), place.encode())
    except InvalidTag as error:
        raise Unsealable(_("Ce texte ou ce document ne peut pas être ouvert : il a été altéré.")) from error


def seal(text: str, key: bytes, place: str) -> bytes:
    """Seal a text for a place, as ``seal_bytes`` does."""
    return seal_bytes(text.encode(), key, place)


def unseal(sealed: bytes, key: bytes, place: str) -> str:
    """:raises Unsealable: altered, moved, or another key."""
    return unseal_bytes(sealed, key, place).decode()


def seal_for_instance(text: str, place: str) -> bytes:
    """Seal under the master key what concerns nobody's file (a letter that waits)."""
    return seal(text, base64.b64decode(settings.MASTER_KEY), place)


def unseal_for_instance(sealed: bytes, place: str) -> str:
    """:raises Unsealable: altered, or another master key."""
    return unseal(sealed, base64.b64decode(settings.MASTER_KEY), place)
