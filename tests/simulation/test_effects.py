"""The truth behind a draw: effects are those of the parameters, and comparing people as they are is biased."""

import numpy as np

from convergence.simulation.parameters import parameters
from convergence.simulation.tables import Block
from convergence.vocabulary.exits import DYNAMIC, TABLES, ExitCategory
from tests.simulation.drawn import COMPARED, Array, codes, drawn

CATEGORIES = TABLES[-1].categories
WANTED = [motive.value for motive, category in CATEGORIES.items() if category in DYNAMIC]
DURABLE = [motive.value for motive, category in CATEGORIES.items() if category is ExitCategory.DURABLE]
EFFECT, DURABLE_EFFECT = parameters().effects.dynamic, parameters().effects.durable
MANY = {"people": 12_000, "territories": 7}


def both(changed: str) -> tuple[Array, Array, Array]:
    """Exits of many people: whether dynamic, whether in the scheme, the cell of the answers that show difficulty."""
    rows: list[tuple[Array, Array, Array]] = []
    for block in drawn(**MANY, changed=changed):
        exits, people, truth = block.tables["exits"], block.tables["people"], block.truth
        person = np.searchsorted(people["person"], exits["person"])
        cell = people["time_without_work"] * 100 + people["street_path"] * 10 + people["education"]
        answered = (people["time_without_work"] >= 0) & (people["street_path"] >= 0) & (people["education"] >= 0)
        in_scheme = codes(truth, "scheme")[np.searchsorted(truth["path"], exits["path"])] == "convergence"
        known = answered[person] & (exits["on"] >= np.datetime64("2016-01-01"))
        rows.append((np.isin(exits["motive"], WANTED)[known], in_scheme[known], cell[person][known]))
    dynamic, in_scheme, cell = (np.concatenate(column) for column in zip(*rows, strict=True))
    return dynamic, in_scheme, cell


def naive(dynamic: Array, in_scheme: Array) -> float:
    return float(dynamic[in_scheme].mean() - dynamic[~in_scheme].mean())


def adjusted(dynamic: Array, in_scheme: Array, cell: Array) -> float:
    """The mean difference within cells of answers, weighed by the scheme's people."""
    total = weight = 0.0
    for each in np.unique(cell):
        here = cell == each
        mine, others = dynamic[here & in_scheme], dynamic[here & ~in_scheme]
        if len(mine) and len(others):
            total += len(mine) * (mine.mean() - others.mean())
            weight += len(mine)
    return total / weight


def truth(column: str, blocks: tuple[Block, ...]) -> Array:
    """An outcome of each path of the scheme that ends from 2016 on (those of the new territories)."""
    return np.concatenate([block.truth[column] for block in blocks if block.territory > 1])


def test_the_true_effects_are_those_of_the_parameters() -> None:
    blocks = drawn(**MANY)
    for outcome, effect in (("dynamic", EFFECT), ("durable", DURABLE_EFFECT)):
        difference = truth(f"{outcome}_with", blocks) - truth(f"{outcome}_without", blocks)
        assert difference.min() == 0  # nobody is harmed
        assert abs(difference.mean() - effect) < 4 * difference.std() / np.sqrt(len(difference))


def test_before_it_matures_the_scheme_has_a_share_of_its_effect() -> None:
    early = drawn(people=6000, changed="[effects]\nmatures_on = 2040-01-01\nshare_before = 0.5\n")[0].truth
    difference = early["dynamic_with"] - early["dynamic_without"]
    assert abs(difference.mean() - EFFECT / 2) < 4 * difference.std() / np.sqrt(len(difference))


def test_records_say_the_outcome_of_the_world_that_each_person_is_in() -> None:
    for block in drawn(**MANY, changed=COMPARED):
        exits, known = block.tables["exits"], block.truth
        path = np.searchsorted(known["path"], exits["path"])
        in_scheme = codes(known, "scheme")[path] == "convergence"
        for outcome, motives in (("dynamic", WANTED), ("durable", DURABLE)):
            expected = np.where(in_scheme, known[f"{outcome}_with"][path], known[f"{outcome}_without"][path])
            assert (np.isin(exits["motive"], motives) == expected).all()


def test_without_confounding_the_plain_difference_is_the_effect() -> None:
    dynamic, in_scheme, _ = both(COMPARED + "selection = 0\n")
    assert abs(naive(dynamic, in_scheme) - EFFECT) < 0.03


def test_with_confounding_the_plain_difference_is_too_small_and_answers_put_it_right() -> None:
    dynamic, in_scheme, cell = both(COMPARED + "selection = 1.5\n")
    assert naive(dynamic, in_scheme) < EFFECT - 0.035
    assert abs(adjusted(dynamic, in_scheme, cell) - EFFECT) < 0.03


def test_hidden_difficulty_biases_what_is_adjusted_too() -> None:
    dynamic, in_scheme, cell = both(COMPARED + "selection = 1.5\n[outcomes]\nhidden = 0.8\n")
    assert adjusted(dynamic, in_scheme, cell) < EFFECT - 0.05


def test_no_effect_on_housing_and_care_means_the_same_lives_in_both_worlds() -> None:
    blocks = drawn(**MANY, changed="[effects]\nhousing = 1\ncare = 1\n")
    for outcome in ("housed", "care"):
        assert (truth(f"{outcome}_with", blocks) == truth(f"{outcome}_without", blocks)).all()


def test_the_scheme_houses_and_cares_for_more_people() -> None:
    blocks = drawn(**MANY)
    for outcome in ("housed", "care"):
        difference = truth(f"{outcome}_with", blocks).mean() - truth(f"{outcome}_without", blocks).mean()
        assert 0.04 < difference < 0.4


def test_people_of_ordinary_sites_live_in_the_world_without_the_scheme() -> None:
    """Their housing 24 months on, as recorded, is that of the world without."""
    block = next(b for b in drawn(**MANY, changed=COMPARED) if set(codes(b.truth, "scheme")) == {"ordinary"})
    assert (block.truth["housed_with"] != block.truth["housed_without"]).any()
    situations, paths = block.tables["situations"], block.tables["paths"]
    housing = codes(situations, "aspect") == "housing"
    homes = {"social_residence", "young_workers", "sublet", "pension_de_famille", "semi_durable"}
    homes |= {"social_lease", "private_lease", "completed_bail_glissant", "owner", "autonomous"}
    housed = np.isin(codes(situations, "value"), list(homes))
    later = paths["since"] + 730
    agree = differ = 0
    lives: dict[int, list[int]] = {}
    for row in np.nonzero(housing)[0]:
        lives.setdefault(int(situations["person"][row]), []).append(row)
    for path in range(len(paths)):
        if not later[path] < paths["until"][path]:
            continue
        rows = [row for row in lives[int(paths["person"][path])] if situations["since"][row] <= later[path]]
        if rows and situations["value"][rows[-1]] >= 0:
            same = housed[rows[-1]] == block.truth["housed_without"][path]
            agree, differ = agree + same, differ + (not same)
    assert agree > 20 * differ
