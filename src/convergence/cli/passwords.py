"""Passwords made of words, to be read from a screen and typed once."""

from __future__ import annotations

import secrets

_WORDS = (
    "abricot balcon cabane cerise chemin clairon colline domino dragon fenouil ficelle girafe guitare lampion lavande "
    "mandarine marmite moulin nuage orange papier parasol pivoine plume radis rivage sentier tambour tilleul tonneau "
    "valise violon"
)


def made_of_words(count: int) -> str:
    """Return that many words and a number of two digits: five bits a word, and six."""
    words = "-".join(secrets.choice(_WORDS.split()) for _ in range(count))
    return f"{words}-{secrets.randbelow(90) + 10}"
