"""An evaluation from end to end: read, compare, count, project, say; then written whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convergence.analysis import french
from convergence.analysis.benefits import law_version
from convergence.analysis.costs import load_prices
from convergence.analysis.evaluation import numbers
from convergence.analysis.evaluation.arms import Arm, arms_of
from convergence.analysis.evaluation.document import Block, Document
from convergence.analysis.evaluation.effects import effects_of
from convergence.analysis.evaluation.exploring import explore_files
from convergence.analysis.evaluation.folder import refuse_what_is_there, write
from convergence.analysis.evaluation.futures import futures_of, scenarios_of
from convergence.analysis.evaluation.gathered import Gathered
from convergence.analysis.evaluation.material import Material, read_material
from convergence.analysis.evaluation.money import money_of
from convergence.analysis.evaluation.page import as_page
from convergence.analysis.evaluation.paper import as_pdf
from convergence.analysis.evaluation.request import Progress, Request, silent
from convergence.analysis.evaluation.sections import account, closing, future, groups, opening, outcomes, sensitivity
from convergence.analysis.evaluation.spans import housed_of, spans_of, spells_of
from convergence.analysis.evaluation.stating import numbers_of
from convergence.analysis.evaluation.variants import variants_of
from convergence.analysis.impact.protocol import open_outcomes

_STEPS = (
    "lecture et vérification du jeu de données",
    "groupes de comparaison",
    "ouverture des résultats et effets",
    "prestations, coûts et bilans",
    "scénarios",
    "figures et rapport",
)


@dataclass(frozen=True)
class Evaluation:
    """What a run found, ready to be written.

    :ivar summary: the sentences to remember, in French; ``files``: contents by their names in the folder.
    """

    found: Gathered
    document: Document
    summary: list[str]
    files: dict[str, bytes]
    about: dict[str, Any]


def gather(request: Request, progress: Progress = silent) -> Gathered:
    """Everything up to the results, before they are said.

    :raises AnalysisError, DatasetError: the first thing that is wrong, in a sentence.
    """
    total = len(_STEPS)
    progress(0, total, _STEPS[0])
    material = read_material(request)
    scenarios = scenarios_of(material)
    load_prices(request.prices)  # refused before anything is computed
    progress(1, total, _STEPS[1])
    both = arms_of(material)
    arms = tuple(each for each in both if isinstance(each, Arm))
    progress(2, total, _STEPS[2])
    opened = open_outcomes(material.tables, material.as_of, material.protocol, request.day)
    effects = tuple(effects_of(material, arm, opened) for arm in arms)
    spells = spells_of(material)
    spans = tuple(spans_of(material, arm, spells) for arm in arms)
    progress(3, total, _STEPS[3])
    money = money_of(material, list(arms))
    variants = variants_of(material, money, arms)
    progress(4, total, _STEPS[4])
    futures = futures_of(material, scenarios, money)
    missing = tuple(each for each in both if not isinstance(each, Arm))
    housed = housed_of(material, spells)
    return Gathered(material, arms, missing, opened, effects, spans, housed, money, variants, futures)


def evaluate(request: Request, out: Path | None = None, progress: Progress = silent) -> Evaluation:
    """The whole evaluation. ``out``: where it will be written, refused at once if it cannot be.

    :raises AnalysisError, DatasetError: the first thing that is wrong, in a sentence.
    """
    if out is not None:
        refuse_what_is_there(out)
    found = gather(request, progress)
    progress(5, len(_STEPS), _STEPS[5])
    about = _about(found.material)
    document = _document(found, about)
    summary = opening.summary_of(found)
    files = {
        "evaluation.json": numbers.as_json(
            numbers_of(found), title=document.title, summary=summary, day=request.day
        ).encode(),
        **{f"tables/{table.name}.csv": table.csv().encode() for table in document.tables()},
        **{f"figures/{figure.name}.svg": figure.svg.encode() for figure in document.figures()},
        **explore_files(found.money),
        "report.html": as_page(document).encode(),
        "report.pdf": as_pdf(document, request.day),
    }
    progress(len(_STEPS), len(_STEPS), "fini")
    return Evaluation(found, document, summary, files, about)


def publish(evaluation: Evaluation, out: Path) -> None:
    """Write the folder, whole or not at all.

    :raises EvaluationError: it holds something, or cannot be written.
    """
    write(out, evaluation.files, evaluation.about)


def _about(material: Material) -> dict[str, Any]:
    """What the run was made of: the head of the manifest."""
    request = material.request
    return {
        "format": "convergence-evaluation-run",
        "version": 1,
        "day": request.day.isoformat(),
        "as_of": material.as_of.isoformat(),
        "kind": material.manifest.about.kind.value,
        "seed": request.seed,
        "draws": request.draws,
        "scenarios": [Path(name).name for name in request.scenarios],
        "law": f"openfisca-france {law_version()}",
        **{f"{what}_sha256": said for what, said in material.fingerprints.items()},
    }


def _document(found: Gathered, about: dict[str, Any]) -> Document:
    material = found.material
    blocks: list[Block] = [
        *opening.summary(found),
        *opening.protocol(found),
        *opening.people_flow(found),
        *groups.groups(found),
        *outcomes.outcomes(found),
        *account.account(found),
        *future.future(found),
        *sensitivity.sensitivity(found),
        *closing.limits(found),
        *closing.sources(found),
        *closing.made_with(about),
    ]
    entered = sorted(material.people["year"].to_list())
    subtitle = (
        f"{french.listed(material.territories)}, entrées de {entered[0]} à {entered[-1]}, "
        f"données au {material.as_of:%d/%m/%Y}, rapport du {material.request.day:%d/%m/%Y}"
    )
    return Document("Évaluation du dispositif Convergence", subtitle, tuple(blocks))
