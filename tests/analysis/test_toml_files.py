"""Files in TOML that somebody wrote: understood, or refused in one French sentence by whoever reads them."""

import os
from pathlib import Path

import pytest

from convergence.analysis.errors import AnalysisError
from convergence.analysis.toml_files import parse_toml, read_toml


class Mine(AnalysisError):
    """The error of a reader."""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'label = "\xe9t\xe9"', "n’est pas un texte en UTF-8 : enregistrez-le ainsi."),
        (b"label = ", "n’est pas du TOML lisible : une faute, à la fin du fichier."),
        (b"a = 1\n= 2", "n’est pas du TOML lisible : une faute, ligne 2, colonne 1."),
        (b"a = 1\na = 2\n", "n’est pas du TOML lisible : une clé y est donnée deux fois, ligne 2, colonne 6."),
        (b"[a]\n[a]", "n’est pas du TOML lisible : une clé y est donnée deux fois, ligne 2, colonne 3."),
        (b"a = " + b"9" * 5000, "n’est pas du TOML lisible : un nombre y est trop long."),
        (b"a = " + b"[" * 3000 + b"]" * 3000, "n’est pas du TOML lisible : trop de listes l’une dans l’autre."),
        (b'a = "\\u0000"', "tient un caractère invisible (dans « a ») : retirez-le."),
        (b'[[a]]\nb = ["x", "\\u001b[31m"]', "tient un caractère invisible (dans « a.b ») : retirez-le."),
        ('a = "ab\u202ecd"'.encode(), "tient un caractère invisible (dans « a ») : retirez-le."),
        (b'"a\\uFFFE" = 1', "tient un caractère invisible (dans « a? ») : retirez-le."),
    ],
)
def test_what_is_not_toml_that_can_be_shown_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Mine) as refused:
        parse_toml(content, "Le fichier", Mine)
    said = str(refused.value).replace("\u00a0", " ")
    assert said == f"Le fichier {sentence}"


def test_a_mark_of_the_encoding_and_lines_of_several_kinds_are_read() -> None:
    told = parse_toml('\ufeffa = """x\ty\r\nz"""\nb = "l’été\u00a0!"'.encode(), "Le fichier", Mine)
    assert told == {"a": "x\ty\nz", "b": "l’été\u00a0!"}


def test_a_place_where_there_is_no_such_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_bytes(b"#" * 600_000)
    os.mkfifo(tmp_path / "pipe.toml")
    for name, said in {
        "absent.toml": "ne peut pas être lu : aucun fichier n’a ce nom.",
        ".": "n’est pas un fichier.",
        "pipe.toml": "n’est pas un fichier.",
        "long.toml": "dépasse 500 ko : ce n’est pas le fichier attendu.",
    }.items():
        with pytest.raises(Mine) as refused:
            read_toml(tmp_path / name, f"Le fichier {name}", Mine)
        assert str(refused.value).replace("\u00a0", " ") == f"Le fichier {name} {said}"
