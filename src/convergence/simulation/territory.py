"""Paris, drawn: everything that one seed yields up to a date."""

from datetime import date, timedelta
from random import Random

from convergence.simulation.contacts import tell_contacts
from convergence.simulation.days import at_work, plus_months, worked
from convergence.simulation.health import tell_health
from convergence.simulation.housing import tell_housing
from convergence.simulation.life import Life
from convergence.simulation.names import NameBook, address_of, languages, other_names
from convergence.simulation.needs import tell_needs
from convergence.simulation.records import CivilStatus, Name, Person, World
from convergence.simulation.referents import tell_referents
from convergence.simulation.rights import tell_rights
from convergence.simulation.staff import SITES, Staffing
from convergence.simulation.words import Writer
from convergence.simulation.work import Path, PathWriter, draw_path
from convergence.vocabulary.people import NameKind, Sex

EARLIEST = date(2019, 1, 1)
"""Before, the four sites were not all at work."""
_SEXES = {Sex.MAN.value: 68, Sex.WOMAN.value: 29, Sex.OTHER.value: 1, "": 2}


def draw(seed: int, until: date) -> World:
    """The demonstration territory as its records stand on the morning of ``until``.

    Some 220 people are under contract that day, and some 400 left before. The same seed and date always yield the
    same world; nothing is dated later than the working day before, but terms and expiries.

    :raises ValueError: ``until`` lies before 2019, when the four sites were not all at work.
    """
    if until < EARLIEST:
        raise ValueError(f"The territory is drawn for {EARLIEST} at the earliest, not for {until}.")
    rng = Random(f"{seed} {until.isoformat()}")
    world = World()
    book = NameBook(rng)
    teams = Staffing(world, rng, book, until).draw()
    last = worked(until - timedelta(days=1))
    writer, paths = Writer(rng), PathWriter(world, rng, teams, last)
    for path in _enter(rng, until, last):
        person = len(world.people)
        world.people.append(Person(person, at_work(rng, path.starts)))
        life = paths.write(person, path)
        _identify(life, book)
        tell_housing(life)
        tell_rights(life)
        tell_health(life)
        tell_needs(life)
        tell_referents(life)
        tell_contacts(life, writer)
    return world


def _enter(rng: Random, until: date, last: date) -> list[Path]:
    """Every path, in order of entry: each month each site takes in whom it has room for."""
    paths: list[Path] = []
    month = SITES[0][2].replace(day=1)
    while month <= last:
        following = plus_months(month, 1)
        open_sites = [site for site, (_, _, opened, _, _) in enumerate(SITES) if opened <= month]
        for site, (_, _, opened, in_the_end, _) in enumerate(SITES):
            if opened >= following:
                continue
            measured_on = min(following, until)
            share = (measured_on - opened).days / (until - opened).days
            room = round(in_the_end * (0.12 + 0.88 * share**2.2)) - sum(
                path.under_contract(measured_on, site) for path in paths
            )
            for _ in range(room):
                first = max(month, opened)
                day = worked(first + timedelta(days=rng.randrange(max(1, (min(following, last) - first).days))))
                starts = max(day, opened)
                paths.append(draw_path(rng, site, starts, last, open_sites))
        month = following
    return sorted(paths, key=lambda path: path.starts)


def _identify(life: Life, book: NameBook) -> None:
    rng, author = life.rng, life.author(life.starts)
    sex = rng.choices(list(_SEXES), list(_SEXES.values()))[0]
    given_name, family_name = book.person(sex)
    noted_at = at_work(rng, life.starts)
    others = other_names(rng, given_name, family_name)
    single = rng.random() < 0.02
    usual = (NameKind.USUAL, "" if single else given_name, family_name)
    for kind, given, family in [usual, *others]:
        life.world.names.append(Name(life.person, kind.value, given, family, noted_at, author))
    year, month, day = _birth(rng, life.starts)
    life.world.civil_statuses.append(
        CivilStatus(
            life.person,
            sex,
            year,
            month,
            day,
            languages(rng),
            book.mobile() if rng.random() < 0.78 else "",
            address_of(given_name, family_name, "courriel") if rng.random() < 0.12 else "",
            noted_at,
            author,
        )
    )


def _birth(rng: Random, starts: date) -> tuple[int | None, int | None, int | None]:
    """Year, month and day of birth; in 13 % of files a part or all is unknown."""
    age = min(64, max(18, round(rng.gauss(41, 11))))
    birth = date(starts.year - age, 1, 1) + timedelta(days=rng.randrange(365))
    chance = rng.random()
    if chance < 0.03:
        return None, None, None
    if chance < 0.10:
        return birth.year, None, None
    return birth.year, birth.month, None if chance < 0.13 else birth.day
