"""Secret tokens of the addresses that open something without an account: given out once, kept as their digest alone."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What the database keeps of a token, or looks for."""
    # A token of 256 random bits is not guessed: one plain digest is enough, and finds its row at once.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
