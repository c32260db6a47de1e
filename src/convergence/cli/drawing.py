"""What `demo` and `dataset` have in common: the options that say what to draw."""

from __future__ import annotations

import argparse
from pathlib import Path

SEED = 2012
"""The seed of the demonstration, of datasets and of the calibration, unless another is asked for."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare ``people``, ``territories``, ``seed`` and ``parameters``."""
    parser.add_argument(
        "--people", type=_count, metavar="NOMBRE", help="personnes embauchées en tout (d’après la taille des chantiers)"
    )
    parser.add_argument("--territories", type=_count, default=1, metavar="NOMBRE", help="territoires (1, Paris)")
    parser.add_argument("--seed", type=_seed, default=SEED, metavar="GRAINE", help=f"graine du tirage ({SEED})")
    add_parameters_option(parser)


def add_parameters_option(parser: argparse.ArgumentParser) -> None:
    """Declare ``parameters``, a file or None."""
    parser.add_argument("--parameters", type=Path, metavar="FICHIER", help="paramètres à changer (TOML)")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre de 1 à 10 000 000")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une graine (un nombre entier, positif ou nul)")
    return int(text)
