"""The list of commands and the way to each.

This module imports nothing beyond the standard library, so that `./convergence` alone can say what it does
before anything is installed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from convergence.cli.errors import OperatorError

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended: 128 and the signal's number."""


@dataclass(frozen=True)
class Command:
    """A command: what it does, in one line, and the module that does it.

    The module offers `add_arguments(parser)` and `main(options) -> int`; `options.rest` holds the arguments
    that it did not declare, which only a command that passes them through accepts. A raw one passes through
    all of them, --help included.
    """

    help: str
    module: str
    passes_through: bool = False
    raw: bool = False


COMMANDS = {
    "run": Command("met tout en marche sur cette machine et donne l’adresse", "run"),
    "test": Command("vérifie le code et lance les tests", "test", passes_through=True),
    "administrator": Command("nomme une personne qui administre, la première surtout", "administrator"),
    "demo": Command("charge le territoire de démonstration dans une base vide", "demo.command"),
    "dataset": Command("écrit un jeu de données simulé pour la recherche, sans base de données", "dataset"),
    "evaluation": Command("garde dans l’instance un jeu de données, ou les résultats d’une évaluation", "evaluation"),
    "evaluate": Command("évalue un jeu de données : effets, coûts, scénarios, et leur rapport", "evaluate"),
    "calibration": Command("compare les chiffres publiés à ceux que donne la simulation", "calibration"),
    "bench": Command("mesure des temps (tables de docs/performance.md)", "bench", raw=True),
    "worker": Command("exécute les travaux en attente (production)", "worker"),
    "manage": Command("lance une commande d’administration de Django", "manage", raw=True),
    "roles": Command("écrit le script SQL qui crée les rôles et la base (production)", "roles_script"),
}


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks French."""

    def format_help(self) -> str:
        text = super().format_help()
        text = text.replace("usage: ", "Usage : ", 1).replace("\noptions:\n", "\nOptions :\n", 1)
        return text.replace("\npositional arguments:\n", "\nÀ donner :\n", 1)

    def error(self, message: str) -> NoReturn:
        raise OperatorError(f"Cette commande n’est pas comprise ({message}). Voir : {self.prog} --help") from None


def main(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` begin with; return the process's exit code."""
    try:
        if not arguments or arguments[0] in {"-h", "--help", "help", "aide"}:
            print(_summary())
            return 0
        return _run(arguments[0], list(arguments[1:]))
    except OperatorError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        # A command that has something to say of what it leaves says it itself.
        print("\nInterrompu.", file=sys.stderr)
        return INTERRUPTED


def _run(name: str, arguments: list[str]) -> int:
    command = COMMANDS.get(name)
    if command is None:
        raise OperatorError(f"« {name} » n’est pas une commande de Convergence.\n\n{_summary()}")
    module = importlib.import_module(f"convergence.cli.{command.module}")
    if command.raw:
        return int(module.main(argparse.Namespace(rest=arguments)))
    parser = _Parser(prog=f"./convergence {name}", description=f"{command.help}.", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="affiche cette aide")
    module.add_arguments(parser)
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and not command.passes_through:
        parser.error(" ".join(rest))
    return int(module.main(options))


def _summary() -> str:
    width = max(len(name) for name in COMMANDS)
    lines = [f"  ./convergence {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "Convergence, la plateforme des parcours renforcés de sortie de la grande exclusion.",
            "",
            *lines,
            "",
            "Chaque commande explique ses options : ./convergence run --help",
        ]
    )
