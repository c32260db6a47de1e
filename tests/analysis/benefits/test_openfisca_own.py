"""OpenFisca-France's own tests of the benefits and dues that are asked of it, run as its authors run them.

They are in the source distribution of the version installed, not in the wheel: fetched once with pip, and kept in the
user's cache.
"""

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from convergence.analysis.benefits.system import law_version, users_cache

RELEVANT = (
    "aah",
    "aide_logement_non_calculable.yaml",
    "aides_logement.yaml",
    "aides_logement_2018.yaml",
    "aides_logement_fiabilisation.yaml",
    "aides_logement_foyer.yaml",
    "aides_logement_personnes_agees_et_invalides.yaml",
    "aides_logement_reforme_janvier_2021.yaml",
    "allegement_cotisation_allocations_familiales.yaml",
    "allegement_cotisation_maladie.yaml",
    "allegement_general.yaml",
    "ass_04_2018.yaml",
    "ass_abbattement.yaml",
    "ass_eligibilite.yaml",
    "ass_interessement.yaml",
    "ass_revenus_immo.yaml",
    "caah.yaml",
    "complement_aah.yaml",
    "cotisations.yaml",
    "csg",
    "irpp.yaml",
    "ppa",
    "rsa",
    "rsa.yaml",
    "salaire_de_base.yaml",
    "taxe_salaires.yaml",
    "temps_partiel",
)
"""Under `tests/formulas`."""
_RUN = "import sys; from openfisca_core.scripts.openfisca_command import main; sys.exit(main())"


def formulas() -> Path:
    """The folder of their tests, fetched the first time."""
    held = users_cache() / f"openfisca-france-{law_version()}"
    folder = held / "tests" / "formulas"
    if not folder.is_dir():
        held.mkdir(parents=True, exist_ok=True)
        wanted = f"openfisca-france=={law_version()}"
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-binary", ":all:", "--no-deps", wanted]
        fetched = subprocess.run([*fetch, "-d", str(held)], capture_output=True, text=True, check=False)
        archives = sorted(held.glob("openfisca_france-*.tar.gz"))
        if fetched.returncode or not archives:
            pytest.fail(
                f"Les tests d’OpenFisca-France {law_version()} ne peuvent pas être téléchargés : vérifiez l’accès au "
                f"dépôt de paquets de pip, ou déposez leur archive source dans {held} et décompressez-la.\n"
                + fetched.stderr[-500:]
            )
        with tarfile.open(archives[0]) as archive:
            inside = [member for member in archive.getmembers() if "/tests/" in member.name]
            for member in inside:
                member.name = member.name.partition("/")[2]
            archive.extractall(held, inside, filter="data")
        archives[0].unlink()
    return folder


@pytest.mark.openfisca
def test_openfisca_passes_its_own_tests_of_what_we_ask_it() -> None:
    folder = formulas()
    missing = [name for name in RELEVANT if not (folder / name).exists()]
    assert not missing, missing
    command = [sys.executable, "-W", "ignore", "-c", _RUN, "test", "-c", "openfisca_france"]
    # Their own pytest, without the plugins and settings of ours.
    ours = ("DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    alone = {name: value for name, value in os.environ.items() if name not in ours}
    alone["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ran = subprocess.run([*command, *RELEVANT], cwd=folder, env=alone, capture_output=True, text=True, check=False)
    summary = ran.stdout.strip().splitlines()[-1:]
    print(*summary)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    passed = re.search(r"(\d+) passed", summary[0])
    assert passed, summary
    assert int(passed[1]) > 300
