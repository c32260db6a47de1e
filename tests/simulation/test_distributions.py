"""What many people's lives look like together: the parameters are met, and things go the way they are said to."""

import numpy as np
import pytest

from convergence.simulation.parameters import parameters
from convergence.simulation.tables import Block
from convergence.vocabulary.missing import Missing
from tests.simulation.drawn import Array, codes, drawn, ends

MANY = {"people": 12_000, "territories": 7}


@pytest.fixture(scope="module")
def several() -> tuple[Block, ...]:
    return drawn(**MANY)


def column(several: tuple[Block, ...], table: str, name: str) -> Array:
    return np.concatenate([block.tables[table][name] for block in several])


def coded(several: tuple[Block, ...], table: str, name: str) -> Array:
    return np.concatenate([codes(block.tables[table], name) for block in several])


def near(share: float, expected: float, count: int) -> bool:
    """Within four standard errors of a share."""
    return bool(abs(share - expected) < 4 * np.sqrt(max(expected * (1 - expected), 1e-4) / count))


def test_answers_at_entry_follow_their_weights(several: tuple[Block, ...]) -> None:
    hired = coded(several, "people", "entered_as") == "hired"
    people = parameters().people
    for name in ("sex", "nationality", "household"):
        values = column(several, "people", name)[hired]
        known = values[values >= 0]
        weights = np.array(getattr(people, name)) / sum(getattr(people, name))
        for place, expected in enumerate(weights):
            assert near(float((known == place).mean()), expected, len(known)), (name, place)
        kinds = people.missing[name]
        assert near(float((values < 0).mean()), sum(kinds), len(values)), name


def test_people_are_of_age_and_of_every_age(several: tuple[Block, ...]) -> None:
    born, entered = column(several, "people", "birth_year"), column(several, "people", "entered")
    age = (entered.astype("datetime64[Y]").astype(int) + 1970 - born)[born > 0]
    assert age.min() == 18
    assert age.max() == 64
    assert 39 < age.mean() < 43


def test_children_are_told_where_the_household_has_some(several: tuple[Block, ...]) -> None:
    household, children = coded(several, "people", "household"), column(several, "people", "children")
    both = (household != "") & (children >= 0)
    with_children = np.isin(household, ("couple_with_children", "single_parent"))
    assert ((children > 0) == with_children)[both].all()


def test_all_four_kinds_of_missing_occur_and_some_answers_are_learnt_later(several: tuple[Block, ...]) -> None:
    for table in ("situations", "needs"):
        assert {kind.value for kind in Missing} <= set(coded(several, table, "missing")), table
    missing = coded(several, "situations", "missing") != ""
    learnt = ~np.isnat(column(several, "situations", "until")[missing])
    assert 0.4 < learnt.mean() < 0.7


def test_candidacies_that_led_nowhere_are_as_many_as_the_parameters_say(several: tuple[Block, ...]) -> None:
    hired = coded(several, "people", "entered_as") == "hired"
    assert abs((~hired).sum() / hired.sum() - parameters().entry.others_per_hire) < 0.01
    outcomes = coded(several, "candidacies", "outcome")
    assert set(outcomes) == {"hired", "refused_by_site", "refused_by_person", "never_came", "waiting"}


def test_the_forerunner_of_phc_is_a_referrer_of_paris_before_2023_and_of_nobody_else(
    several: tuple[Block, ...],
) -> None:
    referred, entered = coded(several, "people", "referred_by"), column(several, "people", "entered")
    in_paris = column(several, "people", "territory") == 1
    forerun = referred == "phc"
    assert in_paris[forerun].all()
    assert (entered[forerun] < np.datetime64("2023-01-01")).all()
    expected = parameters().entry.forerunner
    before = in_paris & (entered < np.datetime64("2023-01-01")) & (referred != "")
    assert near(float(forerun[before].mean()), expected, int(before.sum()))


def test_hours_are_lost_to_every_cause(several: tuple[Block, ...]) -> None:
    planned = column(several, "hours", "planned").sum()
    shares = {kind: column(several, "hours", kind).sum() / planned for kind in ("sick", "justified", "unjustified")}
    assert all(0.01 < share < 0.08 for share in shares.values()), shares


def test_some_people_move_to_another_site_and_some_come_back(several: tuple[Block, ...]) -> None:
    path, site = column(several, "contracts", "path"), column(several, "contracts", "site")
    inside = (path > 0) & (site > 0)
    sites_of = {int(each) for each in path[inside]}
    pairs = {(int(p), int(s)) for p, s in zip(path[inside], site[inside], strict=True)}
    assert 0.01 < len(pairs) / len(sites_of) - 1 < 0.08
    assert 0.01 < (column(several, "paths", "rank") == 2).mean() < 0.06


def test_wages_are_the_minimum_wage_of_the_day(several: tuple[Block, ...]) -> None:
    since, hours = column(several, "contracts", "since"), column(several, "contracts", "weekly_hours")
    gross = column(several, "contracts", "monthly_gross")
    in_2024 = (since >= np.datetime64("2024-01-01")) & (since < np.datetime64("2024-11-01"))
    assert np.allclose(gross[in_2024], hours[in_2024] * 52 / 12 * 11.65, atol=0.006)


def test_needs_lighten_from_review_to_review(several: tuple[Block, ...]) -> None:
    level, review = column(several, "needs", "level"), column(several, "needs", "review")
    means = [level[(level >= 0) & (review == number)].mean() for number in (1, 2, 3)]
    assert means[0] > means[1] > 0


def test_more_people_are_housed_the_longer_they_stay(several: tuple[Block, ...]) -> None:
    shares = {}
    for days in (0, 365, 730):
        housed = known = 0
        for block in several:
            situations, paths = block.tables["situations"], block.tables["paths"]
            mine = codes(situations, "aspect") == "housing"
            person, values = situations["person"][mine], codes(situations, "value")[mine]
            entered = dict(zip(paths["person"], paths["since"], strict=True))
            day = np.array([entered[each] for each in person]) + days
            until = situations["until"][mine]
            holds = (situations["since"][mine] <= day) & (np.isnat(until) | (until > day)) & (values != "")
            homes = ("social_residence", "young_workers", "sublet", "pension_de_famille", "social_lease")
            housed += int(np.isin(values[holds], (*homes, "private_lease", "completed_bail_glissant")).sum())
            known += int(holds.sum())
        shares[days] = housed / known
    assert shares[0] + 0.15 < shares[365] < shares[730] - 0.05, shares


def test_most_people_are_met_every_month_and_some_not_for_a_while(several: tuple[Block, ...]) -> None:
    silent = running = 0
    for block in several:
        paths, met = block.tables["paths"], block.tables["interviews"]
        last = dict.fromkeys(paths["person"][np.isnat(paths["until"])], np.datetime64("2000-01-01"))
        day = met["day"][met["reached"] == 1]
        for person, each in zip(met["person"][met["reached"] == 1], day, strict=True):
            if person in last:
                last[person] = max(last[person], each)
        recent = np.array(list(last.values())) >= day.max() - 45
        silent, running = silent + int((~recent).sum()), running + len(recent)
    assert 0.05 < silent / running < 0.35


def test_jobs_found_may_be_lost_and_news_tells_it(several: tuple[Block, ...]) -> None:
    held = coded(several, "follow_ups", "still_holds")
    month = column(several, "follow_ups", "month_due")
    lost = [(held[(month == due) & (held != "")] == "lost").mean() for due in (1, 12)]
    assert 0 < lost[0] < lost[1] < 0.6
    contracts = [block.tables["contracts"] for block in several]
    jobs = np.concatenate([(ends(each) - each["since"])[each["path"] < 0].astype(int) for each in contracts])
    assert jobs.min() >= 5
