"""The crowd that the search for doubles is measured on: its truth is true, its faults are there."""

import pytest

from convergence.simulation.twins import FILES_TWICE, MISTAKABLE, File, draw


def test_the_same_seed_yields_the_same_crowd_and_another_one_another() -> None:
    assert draw(1, 300) == draw(1, 300)
    assert draw(1, 300) != draw(2, 300)


def test_the_pairs_are_exactly_the_files_of_one_person() -> None:
    crowd = draw(3, 2_000)
    said = {tuple(sorted((one.number, other.number))) for one in crowd.files for other in crowd.files
            if one.number < other.number and one.person == other.person}  # fmt: skip
    assert crowd.pairs == said
    assert len(crowd.pairs) == round(len({file.person for file in crowd.files}) * FILES_TWICE)
    assert [file.number for file in crowd.files] == list(range(len(crowd.files)))


def test_every_kind_of_fault_is_met() -> None:
    crowd = draw(5, 20_000)
    pairs = [(crowd.files[one], crowd.files[other]) for one, other in crowd.pairs]
    whole = [(one, other) for one, other in pairs if None not in one.birth + other.birth]
    assert any(one.names != other.names for one, other in pairs)
    assert any(one.names[0][1:] == other.names[0][:0:-1] for one, other in pairs), "given and family names crossed"
    assert any(one.birth[1:] == other.birth[:0:-1] != other.birth[1:] for one, other in whole)
    assert any(abs(one.birth[0] - other.birth[0]) == 1 for one, other in whole if one.birth[0] and other.birth[0])
    assert any((1, 1) in (one.birth[1:], other.birth[1:]) and one.birth != other.birth for one, other in whole)
    assert any(None in one.birth + other.birth for one, other in pairs)
    assert any(not one.sex or not other.sex for one, other in pairs)
    assert any(len(one.names) + len(other.names) > 2 for one, other in pairs), "a name of birth noted beside the other"
    assert any(" " in one.names[0][2] and " " not in other.names[0][2] for one, other in pairs), "a compound name cut"


def test_people_easily_mistaken_stand_beside_those_with_two_files() -> None:
    crowd = draw(7, 10_000)
    first_of: dict[int, File] = {}
    for file in crowd.files:
        first_of.setdefault(file.person, file)
    seen: dict[tuple[str, str], int] = {}
    for file in first_of.values():
        seen[file.names[0][1:]] = seen.get(file.names[0][1:], 0) + 1
    namesakes = sum(count - 1 for count in seen.values())
    assert namesakes >= len(first_of) * MISTAKABLE["namesake"] / 2


@pytest.mark.parametrize(("files", "twice"), [(0, 0.1), (-3, 0.1), (10, 1.5), (10, -0.1)])
def test_a_crowd_that_cannot_be_is_refused(files: int, twice: float) -> None:
    with pytest.raises(ValueError, match="at least one file"):
        draw(1, files, twice)
